"""``import miniqmt_sim.hook`` before the strategy's imports: ``xtquant`` then means the simulator's SDK.

With MINIQMT_SIM_SDK=vendor in the environment, or after ``miniqmt_sim.hook.install("vendor")``, it means the vendor's own
wheel, which then trades against the simulator as well.
"""

from miniqmt_sim.client.hook import install, uninstall

__all__ = ["install", "uninstall"]

install()
