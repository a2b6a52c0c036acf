provider "imaginater" {} # ERROR: Unknown provider type
