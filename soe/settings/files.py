"""Where uploaded files lie: a local folder, or S3-compatible storage when a bucket is named. Never served by URL."""

from pathlib import Path


def attachment_storage(env, media_root):
    bucket = env("FILES_S3_BUCKET", default="")
    if not bucket:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(Path(media_root) / "files"), "base_url": None},
        }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",  # extra `s3`
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env("FILES_S3_ENDPOINT", default=None),
            "region_name": env("FILES_S3_REGION", default=None),
            "access_key": env("FILES_S3_ACCESS_KEY", default=None),
            "secret_key": env("FILES_S3_SECRET_KEY", default=None),
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
            "max_memory_size": 1024 * 1024,  # larger ones pass through a temporary file
        },
    }
