"""Create the phones and the codes."""

import uuid

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Create the phones and the codes."""

    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name='Phone',
            fields=[
                ('number', models.CharField(max_length=16, primary_key=True, serialize=False)),
                (
                    'user',
                    models.OneToOneField(
                        null=True, on_delete=models.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name='Code',
            fields=[
                (
                    'id',
                    models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False),
                ),
                ('digest', models.CharField(max_length=64)),
                ('created', models.DateTimeField(auto_now_add=True, db_index=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('used', models.DateTimeField(null=True)),
                ('txn_ref', models.CharField(default='', max_length=50)),
                (
                    'phone',
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name='codes', to='login.phone'
                    ),
                ),
            ],
        ),
    ]
