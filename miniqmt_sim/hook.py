"""``import miniqmt_sim.hook`` before the strategy's imports: ``xtquant`` then means the simulator's SDK."""

from miniqmt_sim.client.hook import install, uninstall

__all__ = ["install", "uninstall"]

install()
