"""`python -m deploy.docs`: writes everything that the code says about itself."""

from deploy.docs.generated import write

write()
