# It was image.hero: the picture and its entry go along, for nothing.
moved {
  from = image.hero
  to   = image.harbour
}

image "harbour" {
  prompt = "A harbour at dawn, with boats"
  output = "art/hero.png"
}
