"""The states of an attempt and of a person, and everything that changes them.

An attempt is one request to Hoiio, with at most 1,000 people. What is not in these two tables does
not happen: `settle` and its neighbours look up here what becomes of an attempt and its people.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

__all__ = [
    'ATTEMPTS',
    'LIVE',
    'NEGATIVE',
    'PEOPLE',
    'WITHOUT_ATTEMPT',
    'AttemptChange',
    'AttemptEvent',
    'AttemptState',
    'CampaignState',
    'PersonChange',
    'PersonEvent',
    'PersonState',
    'attempt_after',
    'people_before',
    'person_after',
]


class Word(str, Enum):
    """A word of the ledger, which prints as such."""

    __str__ = str.__str__
    __format__ = str.__format__  # type: ignore[assignment]

    def __repr__(self) -> str:
        return str.__repr__(self)


class CampaignState(Word):
    """The states of a campaign.

    Attributes:
        PLANNING: Its cost is not confirmed yet.
        READY: It sends.
        PAUSED: It does not send until you resume it.
        DONE: Nobody waits for a message any more.
        PURGED: Its personal data is deleted. You can purge a campaign that is done or paused,
            unless a batch of it is on its way or its outcome is unknown.
    """

    PLANNING = 'planning'
    READY = 'ready'
    PAUSED = 'paused'
    DONE = 'done'
    PURGED = 'purged'


class AttemptState(Word):
    """The states of an attempt, which is one request with a batch.

    Attributes:
        SENDING: The request may be on its way.
        UNKNOWN: It is not known whether Hoiio took the batch.
        TAKEN: Hoiio took the batch.
        UNTAKEN: Hoiio did not take the batch, so its people wait again.
    """

    SENDING = 'sending'
    UNKNOWN = 'unknown'
    TAKEN = 'taken'
    UNTAKEN = 'untaken'


class PersonState(Word):
    """The states of a person. Reports show them in lower case, such as ``delivered``.

    Attributes:
        WAITING: The message has not left.
        HELD: The message is in a batch that is on its way, or whose outcome is unknown.
        ACCEPTED: Hoiio accepted the message.
        DELIVERED: The message was delivered.
        FAILED: The message was not delivered.
        REFUSED: Hoiio refused to send to this number.
        MISSING: The message is not in Hoiio's history.
        DROPPED: The number was suppressed, or the campaign expired, before the message left.
    """

    WAITING = 'waiting'
    HELD = 'held'
    ACCEPTED = 'accepted'
    DELIVERED = 'delivered'
    FAILED = 'failed'
    REFUSED = 'refused'
    MISSING = 'missing'
    DROPPED = 'dropped'


#: A campaign has at most one attempt in these states.
LIVE = (AttemptState.SENDING, AttemptState.UNKNOWN)
#: People in these states are not in an attempt.
WITHOUT_ATTEMPT = (PersonState.WAITING, PersonState.DROPPED)


class AttemptEvent(Enum):
    """What happens to an attempt. The value says it in words."""

    CLAIMED = (
        'The campaign is ready, the look for strangers is clean, at most 1,000 people wait in their'
        ' window, none of them is suppressed, the campaign has not expired, nothing else of it is'
        ' on its way, its budget is enough, and the commit is confirmed.'
    )
    NOT_SENT = 'The window or the campaign ended before the first byte, or no byte left.'
    ACCEPTED = 'Hoiio responded with success_ok.'
    REFUSED = 'Hoiio or the SDK refused the form of the request. The campaign pauses.'
    RATE_LIMITED = 'The rate limit was exceeded.'
    NO_VALID_DESTS = 'Hoiio responded that no destination is valid.'
    UNCLEAR = 'There was any other response, or none.'
    SENDER_LOST = 'The sender has ended, its lease has expired, or it was on another machine.'
    PROVEN = 'A notification or an entry of the history has its tag and a destination of it.'
    NOT_FOUND = 'Two valid looks found nothing, and the sender has certainly ended.'
    NOT_FOUND_ELSEWHERE = 'Two valid looks found nothing, but the sender may still be running.'
    RESOLVED_SENT = 'A person said that it was sent.'
    RESOLVED_NOT_SENT = 'A person said that it was not sent, and one more look found nothing.'
    STRANGER = 'The history has an attempt of this campaign that the ledger lacks.'


class PersonEvent(Enum):
    """What happens to a person. The value says it in words."""

    CLAIMED = 'The person is in the next batch.'
    RELEASED = 'The batch was not taken.'
    EARLIER = 'The batch did not reach the person, but an earlier one had after all.'
    TAKEN = 'The batch was taken.'
    PROVEN = 'A batch that counted as not taken, or that the ledger lacks, was taken after all.'
    ALL_REFUSED = 'Hoiio responded that no destination of the batch is valid.'
    REFUSED = 'Hoiio refused this destination.'
    REPORTED = 'Hoiio has the message.'
    FAILED = 'The message was not delivered.'
    DELIVERED = 'The message was delivered.'
    NOT_FOUND = 'A valid look after the settling time lacks the person.'
    SUPPRESSED = 'The person is on the suppression list.'
    EXPIRED = 'The campaign has expired.'


class AttemptChange(NamedTuple):
    """A row of the table of attempts.

    Attributes:
        before: The state; None if there is no attempt yet.
        event: What happens.
        after: The state that follows.
        who: Who may cause it.
    """

    before: AttemptState | None
    event: AttemptEvent
    after: AttemptState
    who: str


class PersonChange(NamedTuple):
    """A row of the table of people.

    Attributes:
        before: The state.
        event: What happens.
        after: The state that follows.
    """

    before: PersonState
    event: PersonEvent
    after: PersonState


_SENDER = 'its sender'
_ANY = 'any process'
_PERSON = 'a person'
_LOOK = 'a notification, any look'

_A, _AE = AttemptState, AttemptEvent

#: These events say that an attempt was not taken. They never outweigh a proof.
NEGATIVE = (
    *(_AE.NOT_SENT, _AE.REFUSED, _AE.RATE_LIMITED, _AE.NO_VALID_DESTS, _AE.UNCLEAR),
    *(_AE.SENDER_LOST, _AE.NOT_FOUND, _AE.NOT_FOUND_ELSEWHERE, _AE.RESOLVED_NOT_SENT),
)

#: What becomes of an attempt.
ATTEMPTS = (
    AttemptChange(None, _AE.CLAIMED, _A.SENDING, f'{_ANY}; it alone sends'),
    AttemptChange(_A.SENDING, _AE.NOT_SENT, _A.UNTAKEN, _SENDER),
    AttemptChange(_A.SENDING, _AE.ACCEPTED, _A.TAKEN, _SENDER),
    AttemptChange(_A.SENDING, _AE.REFUSED, _A.UNTAKEN, _SENDER),
    AttemptChange(_A.SENDING, _AE.RATE_LIMITED, _A.UNTAKEN, _SENDER),
    AttemptChange(_A.SENDING, _AE.NO_VALID_DESTS, _A.TAKEN, _SENDER),
    AttemptChange(_A.SENDING, _AE.UNCLEAR, _A.UNKNOWN, _SENDER),
    AttemptChange(_A.SENDING, _AE.SENDER_LOST, _A.UNKNOWN, _ANY),
    AttemptChange(_A.SENDING, _AE.PROVEN, _A.TAKEN, _LOOK),
    AttemptChange(_A.UNKNOWN, _AE.PROVEN, _A.TAKEN, _LOOK),
    AttemptChange(_A.UNKNOWN, _AE.NOT_FOUND, _A.UNTAKEN, 'the process that looked'),
    AttemptChange(_A.UNKNOWN, _AE.NOT_FOUND_ELSEWHERE, _A.UNKNOWN, 'nobody; Attention'),
    AttemptChange(_A.UNKNOWN, _AE.RESOLVED_SENT, _A.TAKEN, _PERSON),
    AttemptChange(_A.UNKNOWN, _AE.RESOLVED_NOT_SENT, _A.UNTAKEN, _PERSON),
    AttemptChange(_A.UNTAKEN, _AE.PROVEN, _A.TAKEN, _LOOK),
    AttemptChange(None, _AE.STRANGER, _A.TAKEN, 'any look'),
    *(AttemptChange(_A.TAKEN, event, _A.TAKEN, 'nobody') for event in NEGATIVE),
)

_P, _PE = PersonState, PersonEvent

#: What becomes of a person.
PEOPLE = (
    PersonChange(_P.WAITING, _PE.CLAIMED, _P.HELD),
    PersonChange(_P.WAITING, _PE.PROVEN, _P.ACCEPTED),
    PersonChange(_P.WAITING, _PE.SUPPRESSED, _P.DROPPED),
    PersonChange(_P.WAITING, _PE.EXPIRED, _P.DROPPED),
    PersonChange(_P.HELD, _PE.RELEASED, _P.WAITING),
    PersonChange(_P.HELD, _PE.TAKEN, _P.ACCEPTED),
    PersonChange(_P.HELD, _PE.EARLIER, _P.ACCEPTED),
    PersonChange(_P.HELD, _PE.ALL_REFUSED, _P.REFUSED),
    PersonChange(_P.ACCEPTED, _PE.REFUSED, _P.REFUSED),
    PersonChange(_P.ACCEPTED, _PE.NOT_FOUND, _P.MISSING),
    PersonChange(_P.ACCEPTED, _PE.FAILED, _P.FAILED),
    PersonChange(_P.ACCEPTED, _PE.DELIVERED, _P.DELIVERED),
    PersonChange(_P.FAILED, _PE.DELIVERED, _P.DELIVERED),
    PersonChange(_P.MISSING, _PE.REPORTED, _P.ACCEPTED),
    PersonChange(_P.MISSING, _PE.REFUSED, _P.REFUSED),
    PersonChange(_P.MISSING, _PE.FAILED, _P.FAILED),
    PersonChange(_P.MISSING, _PE.DELIVERED, _P.DELIVERED),
    PersonChange(_P.REFUSED, _PE.PROVEN, _P.ACCEPTED),
    PersonChange(_P.REFUSED, _PE.REPORTED, _P.ACCEPTED),
    PersonChange(_P.REFUSED, _PE.FAILED, _P.FAILED),
    PersonChange(_P.REFUSED, _PE.DELIVERED, _P.DELIVERED),
    PersonChange(_P.DROPPED, _PE.PROVEN, _P.ACCEPTED),
)

_ATTEMPT_AFTER = {(change.before, change.event): change.after for change in ATTEMPTS}
_PERSON_AFTER = {(change.before, change.event): change.after for change in PEOPLE}


def attempt_after(before: AttemptState | None, event: AttemptEvent) -> AttemptState | None:
    """Return the state of an attempt after an event; None if the event changes nothing."""
    return _ATTEMPT_AFTER.get((before, event))


def person_after(before: PersonState, event: PersonEvent) -> PersonState | None:
    """Return the state of a person after an event; None if the event changes nothing."""
    return _PERSON_AFTER.get((before, event))


def people_before(event: PersonEvent) -> list[PersonState]:
    """Return the states of a person that an event changes."""
    return [change.before for change in PEOPLE if change.event is event]
