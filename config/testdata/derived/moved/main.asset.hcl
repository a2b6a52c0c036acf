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
moved {
  from = image.old
  to   = variant.p # ERROR: Move between different kinds
}
moved {
  from = variant.old
  to   = variant.gone # ERROR: Move to undeclared asset
}
removed { from = atlas.old }
import { to = atlas.old } # ERROR: Import to undeclared asset
variant "p" {
  plate  = image.a
  output = "p.png"
}
module "m" { source = "./m" }
