def clean_email(t):
    if "@" not in t: raise ValueError
    return t
