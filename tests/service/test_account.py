from __future__ import annotations

from hoiio import HoiioClient, Switch, UserStatus
from hoiio.service.account import AccountInfo, Balance
from tests.conftest import Api


def test_balance(client: HoiioClient, api: Api) -> None:
    api.answers(
        'user/get_balance', currency='SGD', balance='54.650', points='50.000', bonus='4.650'
    )
    res = client.account.balance()
    assert api.form == {}
    assert type(res) is Balance
    assert (res.currency, res.balance, res.points, res.bonus) == ('SGD', 54.65, 50.0, 4.65)


def test_info(client: HoiioClient, api: Api) -> None:
    api.answers(
        'user/get_info',
        uid='AA-1234',
        name='John Doe',
        mobile_number='+6511111111',
        caller_ids=['+6511111111', 'private'],
        email='myemail@example.com',
        country='SG',
        prefix='+65',
        currency='SGD',
        time_zone='GMT+0800SG',
        user_status='active',
        sms_rebrand_status='enabled',
        call_rebrand_status='disabled',
    )
    res = client.account.info()
    assert api.form == {}
    assert type(res) is AccountInfo
    assert (res.uid, res.name, res.mobile_number) == ('AA-1234', 'John Doe', '+6511111111')
    assert res.caller_ids == ['+6511111111', 'private']
    assert (res.email, res.country, res.currency) == ('myemail@example.com', 'SG', 'SGD')
    assert res.prefix == '65'
    assert res.time_zone == 'GMT+0800SG'
    assert res.user_status is UserStatus.ACTIVE
    assert res.sms_rebrand_status is Switch.ENABLED
    assert res.call_rebrand_status is Switch.DISABLED


def test_time_zone_by_its_other_name(client: HoiioClient, api: Api) -> None:
    api.answers('user/get_info', timezone='GMT+0800SG')
    assert client.account.info().time_zone == 'GMT+0800SG'


def test_info_has_no_address_that_is_not_verified(client: HoiioClient, api: Api) -> None:
    api.answers('user/get_info', name='John Doe')
    assert client.account.info().email is None
