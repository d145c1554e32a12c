"""The phones that can log in, and the codes that were sent to them."""

import uuid

from django.conf import settings
from django.db import models


class Phone(models.Model):
    """A phone number, and the user who has it. The first login creates the user."""

    number = models.CharField(primary_key=True, max_length=16)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, null=True)


class Code(models.Model):
    """A one-time code. The database has only a keyed digest of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    phone = models.ForeignKey(Phone, models.CASCADE, related_name='codes')
    digest = models.CharField(max_length=64)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    used = models.DateTimeField(null=True)
    txn_ref = models.CharField(max_length=50, default='')
