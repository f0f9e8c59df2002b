"""Names of seven origins, composed so that each pool is large enough for a swap one to one.

The examination of rules reads them and nothing else does. A family name is a head and a tail as they occur in that
origin; `particle` takes the place of a Dutch infix. No name is meant for anyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class NamePool:
    """Given names, and family names as (particle, name): all different, in a fixed order."""

    name: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    particle: str


def _composed(heads: str, tails: str) -> tuple[str, ...]:
    """Each head with each tail, heads varying fastest, so that a short list uses all heads."""
    names = (f"{head}{tail}".replace("_", " ") for tail, head in product(tails.split(), heads.split()))
    return tuple(dict.fromkeys(names))


def _pool(name: str, given: tuple[str, str], family: tuple[str, str], particle: str) -> NamePool:
    return NamePool(name, _composed(*given), _composed(*family), particle)


POOLS: dict[str, NamePool] = {
    pool.name: pool
    for pool in (
        _pool(
            "turkish",
            ("Ay Gül Nur Can Er Tan İl Öz Şen Ber Çağ Ümit Oğuz Il", "şe han gül can su tekin ay demir kan lar naz"),
            (
                "Yıl Kara Ak Demir Öz Şahin Kılıç Çelik Taş Güneş Işık Koç Bulut Aydın Ünal Doğan",
                "maz oğlu türk er can taş soy baş kaya ay men",
            ),
            "Hacı",
        ),
        _pool(
            "moroccan",
            (
                "Abdel Mo Ya Sou Fa Na Kha Ra Ha Ou Za Id Is Lah",
                "hamid ssin kina rida dija chid fiane ima karia ssan wad",
            ),
            (
                "Ben Bou Ait Ou Cha Ka Ta Ha Za La Ra Dou Guer Mas",
                "ali ziane larbi kour ddou mrani hmed jjar ziri rrouf noun",
            ),
            "el",
        ),
        _pool(
            "polish",
            (
                "Bogu Kazi Stani Wojcie Zdzi Mał Agnie Kata Grze Jarosł Święto Radosł Miecz Łu",
                "sław mir ch sia szka rzyna gorz aw na kasz ina",
            ),
            (
                "Kowal Wójc Dąbr Łącz Maz Szczep Zieliń Wiśniew Krawcz Nowak Piotr Jabłoń Gór Ślus",
                "ski yk owski ewicz ak czyk ański arek iak owiec ny",
            ),
            "Prus",
        ),
        _pool(
            "romanian",
            (
                "Mihai Ioan Andre Cristi Gheorghi Dumi Ște Țe Floa Magda Ilea Vasi Ră Sil",
                "ța na ea an ță tru fan rea le via nel",
            ),
            (
                "Pop Ion Munte Dumitr Stan Const Georg Rus Mold Ciob Țăr Ștef Brăti Ungur",
                "escu eanu ache anu ariu iță oiu ea aru uș ete",
            ),
            "Sfântul",
        ),
        _pool(
            "bulgarian",
            (
                "Boris Dimi Niko Stoya Vese Lyud Svet Krasi Zdrav Plam Ras Cvet Yor Emi",
                "lav tar lai n lin mila oslav mir ko en ana",
            ),
            (
                "Ivan Georgi Dimitr Petr Nikol Stoyan Todor Kolar Kirov Angel Hristo Zlat Radosl Mladen",
                "ov ev ski chev kov ović in eff anov ezhki ich",
            ),
            "Hadzhi",
        ),
        _pool(
            "vietnamese",
            (
                "Minh_ Thị_ Văn_ Hữu_ Quốc_ Ngọc_ Thanh_ Đức_ Xuân_ Kim_ Bảo_ Hoàng_ Thu_ Anh_",
                "Anh Hùng Lan Tuấn Quỳnh Dũng Hạnh Phương Trang Long Nga",
            ),
            (
                "Nguyễn_ Trần_ Lê_ Phạm_ Huỳnh_ Phan_ Vũ_ Võ_ Đặng_ Bùi_ Đỗ_ Hồ_ Ngô_ Dương_",
                "Văn Hữu Đình Công Xuân Quang Bá Thế Trọng Gia Khắc",
            ),
            "Tôn",
        ),
        _pool(
            "surinamese",
            (
                "Ra Su Vi Ash Kr Sha Mar Win Glo Hum Pri Dar Nar Ro",
                "kesh nil noti win ishna rmila lon ston ria phrey dev",
            ),
            (
                "Ram Bal Kart Jag Soer Wong Mang Kal Bis Chot Gob Dewn Moen Parb",
                "dien persad odikromo roep odimedjo sokarto lall poe oen kan ardhan",
            ),
            "Lal",
        ),
    )
}
