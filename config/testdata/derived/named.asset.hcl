image "a" {
  prompt = "x"
  output = "a.png"
}
image "b" {
  count  = 2
  prompt = "x"
  output = "b${count.index}.png"
}
video "v" {
  prompt = "x"
  output = "v.mp4"
}
atlas "video" {
  parts  = [image.a, video.v] # ERROR: Video as input image
  output = "video.png"
}
atlas "one" {
  parts  = image.a # ERROR: Invalid value of parts
  output = "one.png"
}
atlas "none" {
  parts  = {} # ERROR: Wrong number of parts
  output = "none.png"
}
atlas "many" {
  parts  = { a = image.a, b = image.a, c = image.a, d = image.a, e = image.a } # ERROR: Wrong number of parts
  output = "many.png"
}
atlas "whole" {
  parts  = [image.b] # ERROR: Invalid value of parts
  output = "whole.png"
}
atlas "twice" {
  parts  = [image.a, variant.a] # ERROR: Two images of one name
  output = "twice.png"
}
atlas "empty" {
  parts  = { "" = image.a } # ERROR: Empty name in parts
  output = "empty.png"
}
atlas "null" {
  parts  = { a = null } # ERROR: Invalid value of parts
  output = "null.png"
}
variant "a" {
  plate  = image.a
  output = "va.png"
}
