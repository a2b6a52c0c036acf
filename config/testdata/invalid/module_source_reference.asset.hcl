locals { dir = "./ui" }
module "a" {
  source = local.dir # ERROR: Constant value required
}
