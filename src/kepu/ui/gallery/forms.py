"""One form with every kind of field."""

from django import forms


class FilterForm(forms.Form):
    state = forms.ChoiceField(
        label="状态",
        choices=[("", "全部"), ("draft", "待派单"), ("done", "已完成")],
        required=False,
    )
    since = forms.DateField(
        label="不早于",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    words = forms.CharField(label="关键词", required=False)


class OrderForm(forms.Form):
    name = forms.CharField(label="联系人", max_length=20)
    phone = forms.RegexField(
        r"^1\d{10}$",
        label="手机号码",
        help_text="只用来和您确认时间，不会公开。",
        error_messages={"invalid": "手机号码应是 11 位数字，请再核对一遍。"},
    )
    people = forms.IntegerField(label="大约多少人", min_value=1, help_text="人数不确定也没关系。")
    topic = forms.ChoiceField(
        label="想听什么",
        widget=forms.RadioSelect,
        choices=[("health", "健康养生"), ("phone", "智能手机使用"), ("safety", "防灾避险")],
        error_messages={"required": "请选一项您想听的内容。"},
    )
    needs = forms.MultipleChoiceField(
        label="现场条件",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("screen", "有投影"), ("ramp", "有无障碍坡道"), ("sound", "有音响")],
    )
    area = forms.ChoiceField(label="街道", choices=[("1", "样板街道"), ("2", "滨江街道")])
    note = forms.CharField(
        label="还想告诉我们", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    photo = forms.FileField(
        label="场地照片", required=False, help_text="可以直接拍照，一张不超过 5 MB。"
    )
    agree = forms.BooleanField(
        label="我已阅读并同意服务约定", error_messages={"required": "请先阅读服务约定并勾选同意。"}
    )


def refused() -> OrderForm:
    """What a reader sees after mistakes: everything typed is still there."""
    form = OrderForm(
        {
            "name": "陈样本",
            "phone": "1380000",
            "people": "40",
            "area": "2",
            "note": "<script>alert(1)</script>",
        }
    )
    form.is_valid()
    return form
