"""The words the made-up institution is made of: names, work, places. Nobody here exists."""

from __future__ import annotations

from typing import NamedTuple


def _split(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(separator))


class Names(NamedTuple):
    """The names of one people of Ghana: what women, men and families are called."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]


BAPTISMAL = Names(
    women=_split(
        "Abigail Agnes Agatha Beatrice Benedicta Bernice Charity Charlotte Christiana Comfort Constance Cynthia Deborah "
        "Diana Doris Dorcas Elizabeth Emelia Ernestina Esther Eunice Evelyn Faustina Felicia Florence Georgina Gifty "
        "Gladys Gloria Grace Hannah Harriet Helena Janet Jennifer Josephine Joyce Juliana Linda Lydia Mabel Margaret "
        "Martha Mary Matilda Mercy Millicent Naomi Patience Patricia Perpetual Philomena Priscilla Rebecca Regina Rita "
        "Rosemond Ruth Salomey Sarah Sophia Stella Theresa Veronica Victoria Vida Vivian Winifred"
    ),
    men=_split(
        "Albert Alex Alfred Andrews Anthony Augustine Benjamin Bernard Bright Charles Christian Clement Collins Daniel "
        "David Derrick Dominic Ebenezer Edward Emmanuel Enoch Eric Ernest Evans Felix Francis Frank Frederick Gabriel "
        "George Gideon Godfred Gordon Hayford Henry Isaac Jacob James Jeremiah John Jonathan Joseph Joshua Justice "
        "Kenneth Lawrence Martin Matthew Maxwell Michael Moses Nathaniel Nicholas Patrick Paul Peter Philip Prince "
        "Raymond Richard Richmond Robert Samuel Simon Solomon Stephen Theophilus Thomas Victor Vincent William"
    ),
    families=(),
)

AKAN = Names(
    women=_split(
        "Abena Aba Adjoa Adwoa Afia Afua Akosua Akua Akyaa Ama Araba Dufie Efua Ekua Esi Maame Nana Oforiwaa Pokuaa "
        "Serwaa Yaa Konadu Akoma Birago"
    ),
    men=_split(
        "Akwasi Ebo Fiifi Kobina Kofi Kojo Kow Kwabena Kwadwo Kwaku Kwame Kwamena Kwasi Kweku Kwesi Nana Paa Yaw "
        "Osei Kwaw Ato Opanyin"
    ),
    families=_split(
        "Acheampong Acquah Adjei Adomako Adu Afriyie Agyapong Agyei Agyeman Aidoo Amankwah Amoah Amoako Ampofo Amponsah "
        "Anane Ankomah Anokye Ansah Antwi Appiah Arhin Arthur Asamoah Asante Asare Asiedu Asomani Awuah Ayew Baah Badu "
        "Baidoo Boadi Boakye Boateng Bonsu Botwe Brobbey Buabeng Busia Dadzie Danquah Danso Darko Donkor Duah Duodu "
        "Effah Eshun Essel Essien Fosu Frimpong Fynn Gyamfi Gyan Gyasi Hayford Koomson Kuffour Kusi Kwakye Kyei Kyeremeh "
        "Manu Marfo Mensah Mintah Nimako Nkansah Nkrumah Nsiah Nyarko Obeng Ofori Okyere Opare Opoku Oppong Osei Otoo "
        "Owusu Peprah Poku Prempeh Quansah Quaicoe Sarfo Sarpong Sekyi Takyi Tawiah Twum Wiredu Yeboah"
    ),
)

GA = Names(
    women=_split("Naa Dede Korkor Kai Tsotsoo Akweley Akuorkor Momo Fofo Atswei Lamiley Shormeh Ayeley Odarley"),
    men=_split("Nii Tetteh Tei Ayi Okai Armah Lante Otu Amartey Odartey Kpakpo Laryea Ashitey Mensa"),
    families=_split(
        "Aryee Ashong Ankrah Adjetey Allotey Amarteifio Armah Aryeetey Ashie Attoh Bortey Botchway Commey Dodoo Kotey "
        "Lamptey Laryea Lartey Mills Nartey Nortey Odoi Okine Quartey Quaye Sackey Sowah Tackie Tagoe Tetteh Vanderpuije "
        "Welbeck"
    ),
)

EWE = Names(
    women=_split("Afi Ablavi Akpene Dela Delali Dzifa Edinam Elorm Enyonam Esinam Eyram Kafui Mawuena Sena Worlali"),
    men=_split("Agbeko Dodzi Edem Elikem Etse Kodzo Komla Kosi Mawuli Mawunya Selasi Selorm Senyo Sitsofe Yayra"),
    families=_split(
        "Adzakpa Agbeko Agbodza Agbenyega Ahiabor Akakpo Amegashie Amenuvor Attipoe Avornyo Azumah Dogbe Dotse Dzokoto "
        "Fiadzo Gbeho Gadzekpo Kpodo Kudjo Kumassah Lumor Nyaho Segbefia Senanu Tamakloe Tay Togbor Tsikata Zormelo"
    ),
)

NORTHERN = Names(
    women=_split(
        "Adiza Afishetu Aisha Amina Asana Ayishetu Azara Barikisu Fati Fatima Hajara Hawa Lariba Mariama Memunatu "
        "Rahinatu Ramatu Rukaya Sakina Salamatu Samata Sanatu Sherifa Zainab Zuwera"
    ),
    men=_split(
        "Abdulai Abdul-Rahman Adam Alhassan Aliu Amidu Baba Fuseini Habib Haruna Ibrahim Imoro Inusah Issah Jibril Karim "
        "Mahamadu Mohammed Musah Mutawakil Rashid Salifu Seidu Shaibu Sualih Suleman Tahiru Yahaya Yakubu Zakaria"
    ),
    families=_split(
        "Abdulai Abubakari Adam Alhassan Amadu Atanga Awuni Ayariga Azure Bawa Bawumia Dauda Fuseini Iddrisu Imoro Issahaku "
        "Issifu Karimu Mahama Mahamud Mohammed Mumuni Musah Napari Salifu Seidu Sulemana Tahiru Wumbei Yakubu Zakari"
    ),
)


class Town(NamedTuple):
    """Where the members of a branch live, its market days (Monday is 0) and the share of each people there, in per cent."""

    quarters: tuple[str, ...]
    town: str
    market_days: tuple[int, ...]
    shares: tuple[tuple[Names, int], ...]


TOWNS = {
    "01": Town(
        _split("Asafo Bantama Suame Tafo Oforikrom Ahinsan Atonsu Ayigya Kwadaso Asokwa Krofrom Dichemso Aboabo"),
        "Kumasi",
        (1, 4),
        ((AKAN, 68), (GA, 4), (EWE, 8), (NORTHERN, 20)),
    ),
    "02": Town(
        _split("Osu Labone Kaneshie Dansoman Madina Adenta Nima Teshie Lapaz Achimota Mamprobi Abossey-Okai Kasoa"),
        "Accra",
        (2, 5),
        ((AKAN, 42), (GA, 28), (EWE, 18), (NORTHERN, 12)),
    ),
    "03": Town(
        (
            "Community 1",
            "Community 4",
            "Community 7",
            "Community 9",
            "Community 22",
            "Manhean",
            "Ashaiman",
            "Kpone",
            "Prampram",
        ),
        "Tema",
        (0, 3),
        ((AKAN, 36), (GA, 26), (EWE, 26), (NORTHERN, 12)),
    ),
}

STREETS = _split(
    "Palm Mango Cocoa Independence Mission Market Station Hospital Chapel Lagoon School Airport Baobab Neem Zongo Hill"
)

# The networks' own prefixes, without the leading 0.
PHONE_PREFIXES = ("24", "54", "55", "59", "53", "25", "20", "50", "26", "56", "27", "57")

EMPLOYERS = (
    "Ghana Education Service",
    "Ghana Health Service",
    "Municipal Assembly",
    "Ghana Ports and Harbours",
    "Water and Power Company",
    "Cocoa Purchasing Company",
    "River Power Authority",
    "Lagoon View Hotel",
    "Harmattan Oil",
    "Sunrise Fruits",
    "Harbour Steel Works",
    "Mission Schools Trust",
)

WORK = {
    "salaried": _split(
        "Teacher|Nurse|Midwife|Accountant|Clerk|Police officer|Customs officer|Electrician|Driver|Security guard|Pharmacist|"
        "Laboratory technician|Surveyor|Secretary|Engineer|Cook|Storekeeper|Lecturer",
        "|",
    ),
    "trader": _split(
        "Cloth trader|Provisions trader|Tomato trader|Fish trader|Yam trader|Seamstress|Hairdresser|Barber|Tailor|"
        "Mobile money agent|Chop bar owner|Kenkey seller|Carpenter|Mechanic|Mason|Taxi owner|Spare parts dealer|Baker",
        "|",
    ),
    "farmer": _split(
        "Cocoa farmer|Maize farmer|Cassava farmer|Poultry farmer|Vegetable farmer|Fisherman|Fish smoker", "|"
    ),
    "pensioner": _split("Retired teacher|Retired nurse|Retired driver|Retired clerk|Retired soldier", "|"),
    "student": _split("Student|Apprentice|National service|Student nurse", "|"),
}
