from __future__ import annotations

from typing import TYPE_CHECKING

from hoiio.sandbox.webhooks.delivery import body_of, sign

if TYPE_CHECKING:
    pass


def test_the_signature_matches_the_reference() -> None:
    body = (
        'ivr_block=gather&session=S-1234&txn_ref=TX-1234&call_state=ongoing&digits=1'
        '&from=%2B6511111111&to=%2B6522222222&tag=myapp'
    )
    assert sign(body, 'example-access-token') == (
        'ecd19cf0191f9f1f9b037682a7896452a89fbb83c23c015de0354fa16e819d86'
    )


def test_a_body_matches_the_reference() -> None:
    fields = {'to': '+1650', 'msg': 'hoiio wörld'}
    assert body_of('http://127.0.0.1/', fields) == 'to=%2B1650&msg=hoiio+w%C3%B6rld'
