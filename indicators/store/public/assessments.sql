-- Every target as the release judges it, in the order of the plans.
FROM assessment
