"""Which figures a release holds back so that no single enterprise can be made out (统计法 第二十八条, domain.md B8).

* `cell`: what may be published, a figure and how many enterprises stand behind it;
* `relations`: which cells add up to which, as far as the catalogue knows;
* `links`: which indicators are computed from which;
* `echelon`: linear combinations of cells, reduced;
* `given`: what of the hidden cells can be computed from those published;
* `veil`: hides the few, and of the rest as little as keeps them hidden.
"""

from indicators.disclosure.cell import Cell, Ground, Key
from indicators.disclosure.links import reach
from indicators.disclosure.veil import suppressed

__all__ = ["Cell", "Ground", "Key", "reach", "suppressed"]
