// The tones of the keys, and the ring. They are off until somebody turns them on.
//
// Nothing waits for a sound: without a loudspeaker the page works the same.

import { change, state } from './store.js'

const KEY = 'hoiio-sandbox-sound'
const ROWS = [697, 770, 852, 941]
const COLUMNS = [1209, 1336, 1477]
const KEYS = '123456789*0#'
const RING = [400, 450]
const VOLUME = 0.08
const KEY_SECONDS = 0.15
// Two short rings, then a pause.
const RING_PATTERN = [0, 0.6]
const RING_SECONDS = 0.4
const RING_PERIOD = 3000

let audio = null
let ringing = null

/** Read whether the sound was on before. A browser plays it only after the first click. */
export function readSound() {
  change({ sound: localStorage.getItem(KEY) === 'on' })
}

/** Turn the sound on or off, and remember it. */
export function setSound(sound) {
  localStorage.setItem(KEY, sound ? 'on' : 'off')
  change({ sound })
}

/** Play the two tones of a key. */
export function playKey(key) {
  const index = KEYS.indexOf(key)
  if (state.sound) play([ROWS[Math.floor(index / 3)], COLUMNS[index % 3]], 0, KEY_SECONDS)
}

/** Ring while a phone rings. Only one tab of the browser does. */
export function followRing({ sound, leader }, rings) {
  const wanted = rings && sound && leader
  if (wanted && ringing === null) {
    ring()
    ringing = setInterval(ring, RING_PERIOD)
  } else if (!wanted && ringing !== null) {
    clearInterval(ringing)
    ringing = null
  }
}

function ring() {
  for (const start of RING_PATTERN) play(RING, start, RING_SECONDS)
}

function play(frequencies, start, seconds) {
  audio ??= new AudioContext()
  audio.resume()
  const volume = audio.createGain()
  volume.gain.value = VOLUME
  volume.connect(audio.destination)
  const begin = audio.currentTime + start
  for (const frequency of frequencies) {
    const tone = audio.createOscillator()
    tone.frequency.value = frequency
    tone.connect(volume)
    tone.start(begin)
    tone.stop(begin + seconds)
  }
}
