image "a" {
  subject = module.m.image.b
  output  = "a.png"
}
module "m" {
  source = "./m"
  base   = image.a
}
