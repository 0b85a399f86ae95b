# Attention with masks in blocks: its kernels are compiled, and not modelled; whether something is such a mask can be said.


class BlockMask:
    pass


class AuxRequest:
    pass
