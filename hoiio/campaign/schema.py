"""The tables of a ledger, for SQLite and PostgreSQL.

Amounts of money are whole numbers, in millionths of the currency. Times are seconds since 1970 by
the clock of the ledger, which is that of the machine for SQLite and that of the server for
PostgreSQL. ``Moment`` columns come in pairs: the name of a clock, and its seconds.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from .states import LIVE, WITHOUT_ATTEMPT

__all__ = [
    'application',
    'attempt',
    'campaign',
    'campaign_zone',
    'dropped_row',
    'metadata',
    'of_campaign_by_number',
    'person',
    'released',
    'suppression',
    'version',
]

metadata = MetaData()

# SQLite gives a row the number of its place only if the column is of the type INTEGER.
_Number = BigInteger().with_variant(Integer(), 'sqlite')


def _listed(words: tuple[str, ...]) -> str:
    return ', '.join(f"'{word}'" for word in words)


campaign = Table(
    'campaign',
    metadata,
    Column('id', _Number, primary_key=True),
    # The tag of a purged campaign stays, so that nobody gets the same message under it again.
    Column('tag', Text, nullable=False, unique=True),
    # 12 random hex digits. A campaign with the same tag in another ledger has different ones.
    Column('hex', Text, nullable=False),
    Column('state', Text, nullable=False),
    Column('reason', Text),
    Column('created', Float, nullable=False),
    # What is fixed when the campaign is ready (I7).
    Column('app_id', Text, nullable=False),
    Column('base_url', Text, nullable=False),
    Column('message', Text, nullable=False),
    Column('sender_name', Text),
    Column('prefix', Text),
    Column('zone', Text),
    # What a later command may change.
    Column('window', Text),
    Column('expires', Float),
    Column('notify_url', Text),
    Column('settle', Float, nullable=False),
    Column('again', Boolean, nullable=False, default=False),
    # People with a larger number are planned, but nobody has confirmed their cost yet.
    Column('confirmed_to', _Number, nullable=False, default=0),
    # What is confirmed: how many people, how many SMS parts, and what they cost.
    Column('people', Integer, nullable=False, default=0),
    Column('parts', Integer, nullable=False, default=0),
    Column('cost', BigInteger, nullable=False, default=0),
    Column('max_cost', BigInteger),
    # True if the campaign is too large for its history to be read.
    Column('is_unread', Boolean, nullable=False, default=False),
    # The planned cost of the batches that were taken, and what Hoiio charged above it.
    Column('spent', BigInteger, nullable=False, default=0),
    # The planned cost of the batch that is on its way, or whose outcome is unknown.
    Column('held', BigInteger, nullable=False, default=0),
    # What Hoiio has charged, as far as the ledger knows.
    Column('charged', BigInteger, nullable=False, default=0),
    Column('unknown_in_a_row', Integer, nullable=False, default=0),
    # The highest price that paused the campaign, in thousandths of the planned one.
    Column('rise', Integer, nullable=False, default=1000),
    # The look that is under way: when it began, and the page that comes next.
    Column('look_clock', Text),
    Column('look_began', Float),
    Column('look_from', Text),
    # True if it covers everything since the campaign began.
    Column('look_is_whole', Boolean),
    Column('look_page', Integer),
    Column('look_total', Integer),
    Column('look_seen', Integer),
    # When the last valid look began.
    Column('looked_clock', Text),
    Column('looked_at', Float),
    # Since when nobody waits and nothing is on its way.
    Column('idle_clock', Text),
    Column('idle_since', Float),
    sqlite_autoincrement=True,
)

attempt = Table(
    'attempt',
    metadata,
    Column('id', _Number, primary_key=True),
    # Random, so that a restored ledger does not use the same one again (I6).
    Column('key', Text, nullable=False, unique=True),
    Column('campaign_id', ForeignKey('campaign.id'), nullable=False),
    Column('state', Text, nullable=False),
    Column('people', Integer, nullable=False),
    Column('cost', BigInteger, nullable=False),
    Column('refused', Integer, nullable=False, default=0),
    # True if its refusals have paused the campaign.
    Column('has_paused', Boolean, nullable=False, default=False),
    # What Hoiio answered, if that does not say whether it took the batch.
    Column('reason', Text),
    Column('made', Float, nullable=False),
    # Who sends it: the lock that this process holds, and until when it surely has given up.
    Column('sender', Text, nullable=False),
    Column('lease', Float, nullable=False),
    # The earliest date of its messages, by the clock of Hoiio.
    Column('date', Text),
    # Since when it is known to be unknown or taken, and when the first look that counts found
    # nothing.
    Column('since_clock', Text),
    Column('since', Float),
    # True if the process that sent it has certainly ended.
    Column('has_ended', Boolean, nullable=False, default=False),
    Column('empty_at', Float),
    # I2: a campaign has at most one batch on its way.
    Index(
        'attempt_on_its_way',
        'campaign_id',
        unique=True,
        sqlite_where=text(f'state IN ({_listed(LIVE)})'),
        postgresql_where=text(f'state IN ({_listed(LIVE)})'),
    ),
    Index('attempt_of_campaign', 'campaign_id'),
    sqlite_autoincrement=True,
)

person = Table(
    'person',
    metadata,
    Column('id', _Number, primary_key=True),
    Column('campaign_id', ForeignKey('campaign.id'), nullable=False),
    Column('dest', Text, nullable=False),
    Column('line', Integer, nullable=False),
    Column('variables', Text, nullable=False),
    Column('parts', Integer, nullable=False),
    Column('cost', BigInteger, nullable=False),
    # Empty for the zone of the campaign.
    Column('zone', Text, nullable=False),
    Column('state', Text, nullable=False),
    Column('reason', Text),
    # I1: the one attempt that this person is in.
    Column('attempt_id', ForeignKey('attempt.id')),
    # An attempt that reached this person although it counted as not taken.
    Column('earlier_id', ForeignKey('attempt.id')),
    Column('twice', Boolean, nullable=False, default=False),
    Column('txn_ref', Text),
    Column('debit', BigInteger),
    # I1: a campaign has a destination once.
    UniqueConstraint('campaign_id', 'dest', name='person_once'),
    # I1: people who wait are not in an attempt, and all others are in one.
    CheckConstraint(
        f'(state IN ({_listed(WITHOUT_ATTEMPT)})) = (attempt_id IS NULL)', name='person_in_one'
    ),
    Index('person_by_state', 'campaign_id', 'state', 'zone', 'id'),
    Index(
        'person_twice',
        'campaign_id',
        sqlite_where=text('twice = 1'),
        postgresql_where=text('twice'),
    ),
    sqlite_autoincrement=True,
)

# Who was in an attempt that counts as not taken. If proof of it arrives, these have a message.
released = Table(
    'released',
    metadata,
    Column('attempt_id', ForeignKey('attempt.id'), primary_key=True),
    Column('person_id', ForeignKey('person.id'), primary_key=True),
    sqlite_with_rowid=False,
)

# The rows of a file that did not become people.
dropped_row = Table(
    'dropped_row',
    metadata,
    Column('id', _Number, primary_key=True),
    Column('campaign_id', ForeignKey('campaign.id'), nullable=False, index=True),
    Column('line', Integer, nullable=False),
    Column('dest', Text),
    Column('reason', Text, nullable=False),
)

# The time zones of the people, so that a claim asks for those in which the window is open.
campaign_zone = Table(
    'campaign_zone',
    metadata,
    Column('campaign_id', ForeignKey('campaign.id'), primary_key=True),
    Column('zone', Text, primary_key=True),
)

suppression = Table('suppression', metadata, Column('dest', Text, primary_key=True))

# Before this time, no batch of this application is claimed.
application = Table(
    'application',
    metadata,
    Column('app_id', Text, primary_key=True),
    Column('next_at', Float, nullable=False),
)

# The version of this schema.
version = Table('version', metadata, Column('number', Integer, primary_key=True))

# A sum does not use an index, so the database goes by the numbers of people, which are in order.
of_campaign_by_number = person.c.campaign_id + 0
