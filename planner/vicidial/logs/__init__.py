"""The logs of VICIdial as attempts."""
