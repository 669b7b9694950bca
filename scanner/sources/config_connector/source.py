from collections.abc import Iterator
def sources(paths, named, options): 
    return iter(())
