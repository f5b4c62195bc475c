"""Chinese words for what the files of a run hold: levels, dimensions, and the usual groups."""

LEVELS = {"advanced": "高阶", "literate": "具备", "basic": "基本具备"}
DIMENSIONS = {
    "knowledge": "知识", "method": "方法", "spirit": "精神与思想", "application": "应用能力",
}  # fmt: skip
GROUPS = {"sex": "性别", "age": "年龄", "residence": "城乡", "education": "学历"}
CATEGORIES = {
    "male": "男", "female": "女", "urban": "城镇", "rural": "农村", "primary": "小学及以下",
    "junior": "初中", "senior": "高中", "college": "大专及以上",
}  # fmt: skip
ORDERED = ("age", "education")  # groups whose categories have an order
