"""The SMS of the website."""

from django.db import models


class State(models.TextChoices):
    """The states of an SMS. The last two are final."""

    QUEUED = 'queued'
    SENDING = 'sending'
    SENT = 'sent'
    DELIVERED = 'delivered'
    FAILED = 'failed'


class Sms(models.Model):
    """An SMS. The unique tag makes sure that the same one is not written twice."""

    tag = models.CharField(max_length=200, unique=True)
    dest = models.CharField(max_length=16)
    text = models.TextField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    begun = models.DateTimeField(null=True)
    txn_ref = models.CharField(max_length=50, default='')
    reason = models.CharField(max_length=100, default='')

    class Meta:
        """The command looks for SMS by their state."""

        indexes = (models.Index(fields=['state', 'begun'], name='sms_state_begun'),)
