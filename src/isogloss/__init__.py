"""isogloss measures, explains and recommends cross-lingual transfer of multilingual encoders."""

__version__ = "0.1.0"
