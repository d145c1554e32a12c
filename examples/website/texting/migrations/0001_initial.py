"""Create the SMS."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Create the SMS."""

    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name='Sms',
            fields=[
                (
                    'id',
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name='ID'
                    ),
                ),
                ('tag', models.CharField(max_length=200, unique=True)),
                ('dest', models.CharField(max_length=16)),
                ('text', models.TextField()),
                (
                    'state',
                    models.CharField(
                        choices=[
                            ('queued', 'Queued'),
                            ('sending', 'Sending'),
                            ('sent', 'Sent'),
                            ('delivered', 'Delivered'),
                            ('failed', 'Failed'),
                        ],
                        default='queued',
                        max_length=9,
                    ),
                ),
                ('begun', models.DateTimeField(null=True)),
                ('txn_ref', models.CharField(default='', max_length=50)),
                ('reason', models.CharField(default='', max_length=100)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'begun'], name='sms_state_begun')],
            },
        ),
    ]
