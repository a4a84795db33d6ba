class P:
    said = ""
def picture(x): return P()
def table(x, v): return None
