"""When campaigns may dial, who is on shift, when dialers are out, and how long that lasts."""
