"""Channel partners 渠道伙伴 and their funds."""
