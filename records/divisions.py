"""Counties and districts of the city after GB/T 2260. 毛集实验区 has no code of its own there."""

DIVISIONS = {
    "340402": "大通区",
    "340403": "田家庵区",
    "340404": "谢家集区",
    "340405": "八公山区",
    "340406": "潘集区",
    "340421": "凤台县",
    "340422": "寿县",
}
