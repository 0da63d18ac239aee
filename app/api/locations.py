"""Locations."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1/locations", tags=["locations"])
