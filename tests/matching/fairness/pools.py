"""Made-up people of eight origins, from names that are common there. Tests know these pools; the product never may.

The first family names are the commonest: how unevenly they are shared out differs much from origin to origin, and that,
not the origin, is what makes a name easy or hard to link. `(infix)` stands before a family name where it has one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

_DUTCH_GIVEN = """
Jan Anna Willem Femke Ruud Pieter Maria Hendrik Johanna Cornelis Elisabeth Johannes Margaretha Gerrit Wilhelmina Dirk
Cornelia Jacob Hendrika Adriaan Petronella Klaas Grietje Arie Neeltje Maarten Jannetje Simon Trijntje Bas Sanne Daan
Lotte Thijs Emma Sem Julia Lucas Sophie Bram Lieke Luuk Roos Jesse Fleur Tim Iris Joost Marloes Wouter Esther Jeroen
Ingrid Erik Monique Frank Saskia Marco Angelique Dennis Wendy Michel Linda Rob Astrid Ron Karin Hans Marja Kees Ans
Theo Riet Leo Toos Henk Truus Wim Corrie Piet Nel Joop Ria Ton Mieke Bert Tineke Gijs Nienke Stijn Maud Teun Fenna
Casper Noor Guus Evi Floris Tessa Hugo Jasmijn Koen Anouk Niels Merel Sjoerd Bente Rutger Hester Vincent Paulien Ewout
Liesbeth Diederik Annelies
"""
_DUTCH_FAMILY = """
(de)Jong Jansen (de)Vries (van_den)Berg (van)Dijk Bakker Janssen Visser Smit Meijer (de)Boer Mulder (de)Groot Bos Vos
Peters Hendriks (van)Leeuwen Dekker Brouwer (de)Wit Dijkstra Smits (de)Graaf (van_der)Meer (van_der)Linden Kok Jacobs
(de)Haan Vermeulen (van_den)Heuvel (van_der)Veen (van_den)Broek (de)Bruijn (de)Bruin (van_der)Heijden Schouten
(van)Beek Willems (van)Vliet (van_de)Ven Hoekstra Maas Verhoeven Koster (van)Dam (van_der)Wal Prins Blom Huisman
Peeters (de)Jonge Kuipers (van)Veen Postma Kuiper (van)Wijk Driessen (van_de)Velde Gerritsen Kramer (van_den)Bosch
Timmermans (van)Loon Hermans Sanders (van_den)Brink Martens Jonker Wolters Groen Koning Bosch (van)Leeuwaarden
Scholten (ter)Horst Kroon Molenaar Roos Verbeek Wessels (van)Zanten Hofman Dubbeldam Evers Bosman Sloot Lammers Mol
(van)Rossum Sluis Bouwman Snijders Gerrits Kamp Boersma Vink Haverkamp Nijland Bijl Hulst Zwart Klein Goossens Aarts
Franken Pronk Tuinstra Ruiter Rademaker Stam Zijlmans (van_'t)Hof ('t)Hart (in_'t)Veld (op_den)Kamp (den)Hartog
(ten)Cate (van_der)Poel Oudshoorn Lubbers Terpstra Kuijpers
"""
_FRISIAN_GIVEN = """
Aafke Abe Aeltsje Age Aise Albertsje Alle Anke Anne Antsje Arjen Atsje Auke Aukje Baukje Bauke Beitske Binne Boukje
Bouwe Brechtsje Doeke Doutzen Durk Eabe Eelke Eeltje Eibert Elske Eppie Fedde Feike Femme Fokje Fokke Folkert Foppe
Fopma Froukje Gerbrich Gerlof Gjalt Gooitske Grytsje Haaije Harmen Hedzer Heine Hidde Hieke Hiske Hotze Hylke Idske
Ids Idzard Jelke Jelle Jelmer Jetske Jikke Jinke Jisk Jitske Jorrit Jouke Joukje Jurjen Klaske Lieuwe Lolke Lutske
Lysbeth Maaike Meindert Melle Minke Murk Nynke Oane Oeds Oene Pier Pietsje Popke Pytsje Rein Reinskje Rienk Rikst
Rinse Rinske Romke Roelofke Sake Sietske Sijbren Sipke Sjieuwke Sjoukje Sybe Sybrich Sytske Tabe Tette Tiete Tjalling
Tjebbe Tjerk Tjitske Trynke Uilkje Wiebe Wietske Wobbe Wypkje Ymkje Ype Yke Ynskje
"""
_FRISIAN_FAMILY = """
Dijkstra Hoekstra Postma Boersma Bakker Visser Veenstra Wiersma Zijlstra Kooistra Terpstra Bosma Jansma Sikkema
Hofstra Hiemstra Feenstra Bouma Faber Jorritsma Miedema Elzinga Algra Andringa Anema Attema Bangma Beintema Bergsma
Bijlsma Boonstra Bootsma Bouwsma Brandsma Bruinsma Buwalda Castelein Cnossen Damstra Deelstra Dooitsma Douma Dotinga
Draaisma Drijfhout Dykstra Eisenga Eizema Elgersma Elsinga Engelsma Epema Feddema Feitsma Fokkema Folkertsma Fopma
Galama Galema Gerbrandy Gjaltema Greidanus Haagsma Haakma Haanstra Hania Haitsma Hellinga Hettema Hettinga Hibma
Hoitinga Hooghiemstra Iedema Jaarsma Jellema Jensma Joustra Kalsbeek Kamstra Keuning Kingma Kloosterman Kroodsma
Kuipers Kuperus Lautenbach Leistra Lemstra Lolkema Looijenga Lycklama Meindertsma Minnema Monsma Nauta Nieuwland
Nijdam Oosterhof Osinga Palsma Piersma Plantinga Popma Reinsma Reitsma Riemersma Rinsma Roorda Rypkema Santema Sinnema
Sierksma Sijtsma Sinnema Sjollema Smedema Spoelstra Stienstra Strikwerda Talsma Tamminga Tiemersma Tilstra Tolsma
Tuinstra Veldstra Vellinga Walstra Weidema Westra Wierda Wijnja Wouda Wynia Yntema Ypma Zandstra Zuidema
"""
_TURKISH_GIVEN = """
Mehmet Ayşe Mustafa Fatma Ahmet Emine Ali Hatice Hüseyin Zeynep Hasan Elif İbrahim Meryem İsmail Şerife Osman Zehra
Yusuf Sultan Murat Hanife Ömer Merve Ramazan Havva Halil Zeliha Süleyman Esra Abdullah Fadime Mahmut Özlem Recep Hacer
Salih Yasemin Fatih Hülya Kadir Cemile Emre Sevim Hakan Gülsüm Adem Leyla Kemal Dilek Yaşar Büşra Bekir Songül Musa
Melek Metin Aynur Orhan Tuğba Burak Sema Furkan Nur Uğur Rabia Cemal Kübra Gökhan Arzu Serkan Derya Yılmaz Gamze Sinan
Döndü Bülent Ebru Volkan Aysel Tolga Sibel Onur Nuray Cengiz Pınar Barış Selma Erkan Filiz Engin Nurcan Kaan Gül
Çağlar Ümmühan Oğuz Şükran Taner Nermin Selçuk Güler Levent Sevgi Cihan İpek Deniz Tülay Ferhat Gizem
"""
_TURKISH_FAMILY = """
Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan
Şimşek Polat Korkmaz Çakır Erdoğan Yavuz Can Acar Aktaş Tekin Güler Avcı Kaplan Bulut Keskin Ünal Turan Gül Yalçın
Güneş Bozkurt Işık Taş Aksoy Tunç Coşkun Sarı Karaca Ateş Kahraman Duman Bayram Sönmez Türk Uçar Köse Demirci Yüksel
Özer Erdem Toprak Karakaya Ceylan Kocaman Durmaz Aydemir Altun Çınar Ekinci Baş Gündoğdu Karataş Güven Deniz Özcan
Sezer Uysal Yaman Ergin Karabulut Gökçe Gürbüz Şen Balcı Dursun Akın Kartal Bilgin Ay Akbulut Alkan Öz Bal Duran Yiğit
Çoban Ersoy Demirel Oral Tosun Akyüz Parlak Karadağ Ertürk Aygün Orhan Erol Özgür Candan Tuncer Temel Başaran Sağlam
Kuru Uslu Topal Kurtuluş Kırmızı Ekici Dönmez Cengiz Özbek Ulusoy Peker Esen Günay Engin Alp Elmas Yurt Şeker Bingöl
Gümüş
"""
_MOROCCAN_GIVEN = """
Mohamed Fatima Youssef Naima Karim Khadija Ahmed Aicha Hassan Malika Rachid Zohra Said Latifa Mustapha Samira
Abdelkader Rachida Brahim Hafida Omar Saida Driss Karima Hamid Najat Khalid Fatiha Abdellah Nadia Jamal Hanane Aziz
Souad Noureddine Yamina Abdelaziz Mina Mimoun Habiba Ali Loubna Hicham Ilham Bilal Yasmina Soufiane Ikram Ayoub Hajar
Zakaria Chaimae Anouar Sanae Marouane Imane Nabil Bouchra Redouan Siham Ismail Nora Tarik Houda Adil Ouafae Mounir
Asmae Fouad Wafae Abdelhakim Touria Abderrahim Jamila Abdelmajid Halima Boujemaa Rahma Lahcen Tamimount Mimount Fadma
Mourad Salma Ilias Hafsa Othman Dounia Reda Meryem Badr Nisrine Larbi Amal Chakib Sara El-Houssain Ghizlane Taoufik
Rkia Abdeslam Batoul Jaouad Zineb Farid Yousra Moussa Dina Idriss Kaoutar
"""
_MOROCCAN_FAMILY = """
(el)Amrani Benali (el)Idrissi Bouzid Tahiri (el)Mansouri Alaoui (el)Khattabi Haddouchi (ben)Moussa Aarab Azzouzi
(el)Ouali Chaouki Benhaddou Saidi Lahlou Bennani (el)Fassi Tazi Ouazzani Berrada Chakir (el)Hamdaoui Rahmouni Sebti
Yousfi Zeroual Kabbaj Haddou (el)Yaakoubi Bouazza Amghar Belkacem Bouhaddou Boutaher Chahid Daoudi (el)Bakkali
(el)Boujaddaini (el)Ghazi (el)Hajji (el)Kaddouri (el)Kadiri (el)Morabet (el)Moussaoui (el)Omari (el)Yahyaoui Essaidi
Ezzahti Fikri Ghalbzouri Guerrouj Hachmi Hamdi Harrak Ibrahimi Jabri Jaddi Kasmi Kharbouch Laaroussi Lamrabet Loukili
Maatoug Marzouki Mokhtari Najib Ouahabi Ouarghi Oulad Rachidi Rifi Sabri Salhi Samadi Slimani Soussi Taghi Talhaoui
Touzani Zaoui Zerouali Ziani Zouhri Abarkan Abdellaoui Achahbar Afkir Aissati Akouh Amezian Assaidi Azaoum Bakkari
Belhaj Benaissa Bendaoud Benyahia Bouali Boukhari Boulahrouz Boussatta Bouyeri Chafik Charrad Cherkaoui Dahmani Dibi
Douiri Eddaoudi Errachidi Farissi Gharbaoui Haouari Jaouhari Karroumi Lachkar Mansour Nejjari Ouaziz Qasmi Rharbi
Sadiki Talbi Wahbi Yakhlef
"""
_POLISH_GIVEN = """
Piotr Małgorzata Tomasz Ewa Jan Anna Krzysztof Katarzyna Andrzej Barbara Paweł Agnieszka Marcin Krystyna Michał
Elżbieta Grzegorz Magdalena Marek Joanna Adam Monika Łukasz Zofia Zbigniew Teresa Jerzy Danuta Mateusz Aleksandra
Dariusz Jadwiga Mariusz Natalia Wojciech Halina Ryszard Irena Jakub Beata Henryk Dorota Robert Jolanta Rafał Karolina
Kamil Wiesława Jacek Grażyna Maciej Stanisława Tadeusz Marta Dawid Iwona Szymon Bożena Kazimierz Renata Marian Urszula
Bartosz Justyna Artur Sylwia Sebastian Paulina Przemysław Weronika Leszek Wanda Mieczysław Helena Damian Patrycja
Daniel Genowefa Edward Izabela Jarosław Kazimiera Sławomir Julia Wiesław Lucyna Konrad Stefania Arkadiusz Edyta
Mirosław Marianna Hubert Ilona Bogdan Kinga Zdzisław Aneta Radosław Wioletta Norbert Żaneta Witold Bogumiła Waldemar
Emilia
"""
_POLISH_FAMILY = """
Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski
Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek Piotrowski Grabowski Zając Pawłowski Michalski Król
Wieczorek Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Nowicki Pawlak
Górski Witkowski Walczak Sikora Baran Rutkowski Michalak Szewczyk Ostrowski Tomaszewski Pietrzak Zalewski Wróblewski
Marciniak Jasiński Zawadzki Bąk Jakubowski Sadowski Duda Włodarczyk Wilk Chmielewski Borkowski Sokołowski Szczepański
Sawicki Kucharski Lis Maciejewski Kubiak Kalinowski Mazurek Wysocki Kołodziej Kaźmierczak Czarnecki Sobczak Konieczny
Urbański Głowacki Wasilewski Sikorski Zakrzewski Krajewski Gajewski Laskowski Ziółkowski Mróz Szulc Makowski
Brzeziński Przybylski Baranowski Kozak Borowski Szymczak Adamski Górecki Kania Janik Cieślak Błaszczyk Leśniak
Andrzejewski Czerwiński Markowski Kaczmarczyk Gołębiowski Sosnowski Wojtkowiak Kurek Bielecki Stasiak Cichoń Lipiński
Ratajczak Dobrowolski Rogowski Łuczak Żak Kopeć Mikołajczyk Świątek Urbaniak Bednarek Bukowski
"""
_BALKAN_GIVEN = """
Andrei Maria Ion Elena Gheorghe Ana Vasile Ioana Nicolae Mihaela Constantin Cristina Alexandru Andreea Marian Daniela
Florin Alina Adrian Gabriela Mihai Simona Ștefan Mariana Daniel Georgeta Ionuț Carmen Gabriel Nicoleta Bogdan Loredana
Cătălin Mădălina Răzvan Ramona Marius Corina Radu Oana Sorin Lăcrămioara Ciprian Raluca Lucian Anca Dragoș Denisa
Viorel Lavinia Costel Luminița Ilie Rodica Petru Viorica Georgi Mariya Ivan Ivanka Dimitar Elena Nikolay Yordanka
Petar Penka Hristo Rositsa Todor Desislava Vasil Silviya Stoyan Radka Angel Nadezhda Boris Stanka Yordan Violeta
Krasimir Rumyana Plamen Tsvetelina Emil Gergana Valentin Milena Kiril Zlatka Asen Snezhana Zhivko Teodora Rumen Kalina
Tsvetan Antoaneta Borislav Vesela Lyubomir Darina Simeon Galina Mladen Ralitsa Veselin Diana
"""
_BALKAN_FAMILY = """
Popescu Ionescu Ivanov Georgiev Dimitrov Popa Radu Petrov Nikolov Stan Stoica Hristov Stoyanov Dumitrescu Gheorghe
Todorov Dumitru Rusu Munteanu Matei Marinov Vasilev Angelov Constantin Florea Serban Kolev Yordanov Moldovan Lazăr
Neagu Atanasov Ilie Toma Cristea Vlad Petkov Iliev Ciobanu Barbu Genov Dragomir Ungureanu Tănase Mihaylov Kostov Voicu
Nistor Sandu Rusev Pavlov Anghel Diaconu Oprea Zamfir Stefanov Popov Enache Lupu Manea Dobre Slavov Nedelchev Grigore
Albu Preda Tudor Kirov Zhelev Suciu Nicolescu Marinescu Mocanu Bogdanov Tsonev Roman Mihai Cojocaru Bălan Tsvetkov
Dinev Sava Olteanu Ardelean Militaru Spasov Hadzhiev Iordache Dinu Pavel Avramov Boychev Bucur Stancu Iancu Danchev
Ganchev Dănilă Păun Manole Radev Raykov Filip Nedelcu Micu Sabev Stanchev Croitoru Mitrea Apostolov Chernev Coman
Vasilescu Velikov Yanev Petrescu Gavrilă Mladenov Kovachev Ene Bratu Rangelov Zlatev Ispas Crăciun Lazarov Karaivanov
Sima Trifan Nenov Minchev Fodor Bejan Milanov Arsov Pârvu Țurcanu Gușă
"""
_SURINAMESE_GIVEN = """
Rakesh Sharmila Winston Priya Anil Indra Radjin Sharda Soeresh Chandra Vinod Reshma Dewanand Sunita Harold Carmelita
Glenn Joyce Humphrey Lilian Kenneth Ruth Marlon Shirley Orlando Muriel Wensley Yvonne Roy Hillegonda Steven Wonny
Edgar Thea Errol Astra Iwan Usha Ronald Sandra Ricardo Patricia Clyde Mavis Dennis Jenny Romeo Lucia Armand Hermina
Johan Georgine Eugène Henna Stanley Celestine Guno Waldi Rinaldo Ilse Franklin Merlin Virginia Amrish Anjali Ashwin
Kavita Bhoewan Lalita Djoemai Soemirah Kromo Ngadinem Ponidjo Saminem Wagiman Soekinem Paidjan Legiman Tumina Rahid
Farida Abdoel Nazira Faizal Shanti Hardeo Ratna Jagdies Sita Krishna Radha Mohan Oemawatie Narain Maikel Gracia Ruben
Elviera Erwin Melissa Jairzinho Chantal Regillio Natasha Clarence Ornella Delano Sherida Rishi Vidya Ewald Naomi
"""
_SURINAMESE_FAMILY = """
Ramdien Pinas Kartodikromo Kalpoe Mangal Ramlakhan Mohan Baldewsingh Gangaram Jhinkoe Fernandes Codrington Doelwijt
Landveld Vreden Wongsowikromo Soerodimedjo Karijoprawiro Sabajo Amatdjais Hoogvliets Tjon Abrahams Adhin Amatali
Amoksi Asabina Atmodimedjo Baal Badal Balgobind Bhagwandin Biharie Bissessur Blokland Burleson Chin Cairo Challa
Chandoe Dankoor Debipersad Dhanes Dipotaroeno Djokarto Doekhie Dulder Eersteling Emanuels Essed Etnel Ferrier Gajadien
Ganga Girjasing Goedhoop Gopal Graanoogst Hardjoprajitno Hasrat Heilbron Hiwat Jairam Jarbandhan Joemmankhan Jessurun
Kajoeramari Kanhai Karsowidjojo Kasantaroeno Kasiman Kensmil Khargi Kishoen Koendan Koorndijk Kromowirjo Lachmon
Lalaram Lieveld Linger Lobato Mahabier Malhoe Martosatiman Mathoera Meghoe Misiekaba Moestadja Monsels Nahar Nannan
Narain Nelom Oedit Ooft Orie Paal Panday Parmessar Partoredjo Pawirodikromo Pengel Persad Poeran Rambaran Ramcharan
Ramdin Ramsoender Randjietsingh Rathipal Rijssel Rodijk Rozenblad Saridjo Sardjoe Sastrowidjojo Sewnath Sital Soekhoe
Somohardjo Sowirono Taus Tilakdharie Vaseur Vishnudatt Waagmeester
"""
_VIETNAMESE_GIVEN = """
Minh Hùng Lan Tuấn Quỳnh Anh Bảo Bình Châu Chi Cường Diệp Dung Dũng Duy Đạt Đức Giang Hà Hải Hằng Hạnh Hiền Hiếu Hoa
Hòa Hoàn Hồng Huệ Huy Huyền Hương Khánh Khoa Kiên Kim Lâm Liên Linh Loan Long Lộc Ly Mai Mạnh My Mỹ Nam Nga Ngân Nghĩa
Ngọc Nguyệt Nhân Nhi Nhung Oanh Phát Phong Phúc Phương Phượng Quân Quang Quốc Quyên Sang Sơn Tài Tâm Tân Thạch Thái
Thanh Thành Thảo Thắng Thi Thịnh Thoa Thu Thư Thủy Thúy Tiên Tiến Toàn Trà Trang Trí Trinh Trọng Trung Trúc Tú Tùng
Tuyết Uyên Vân Việt Vinh Vũ Vy Xuân Yến Ánh Bích Cẩm Đào Đông Hậu
"""
_VIETNAMESE_FAMILY = """
Nguyễn Nguyễn Nguyễn Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Vương Trịnh Đinh Lâm
Phùng Mai Tô Trương Hà Tạ Cao Lưu Chu Thái Châu Tăng Quách Kiều Tống Lương La Lại Thạch Từ Văn Quan Triệu Bạch Mạc
Nghiêm Doãn Khuất Vi Đàm Giang Phó Lục Diệp Ông Thân Trà Ninh Cù Nhan Kim Âu Hứa Hàn Hoa Mã Tiêu Ứng Viên Khổng Nông
Hầu Đồng Ngụy Sử Tôn Thi Bành Phí Lữ Liêu Cung Cấn Đậu Nghĩa Sầm Tiền Quản Thiều Lò Vàng Giàng Sùng Thào Hạng
Nguyễn-Trần Lê-Nguyễn Trần-Lê Phạm-Vũ Đỗ-Lê Tôn-Thất Công-Tằng Hoàng-Phạm Vũ-Đình Bùi-Trần Ngô-Đỗ Đặng-Trần Dương-Hà
Phan-Lê Huỳnh-Lý Nguyễn-Đức Lê-Văn Trần-Quang Phạm-Huy
"""
_MIDDLE = ("Văn", "Thị", "Đình", "Ngọc", "Thanh", "Quang", "Xuân", "Hữu", "Kim", "Minh")


@dataclass(frozen=True)
class Pool:
    """Given names and family names (`infix`, `name`) of one origin; `evenness`: large = all names about as common."""

    given: tuple[str, ...]
    family: tuple[tuple[str, str], ...]
    evenness: float
    middle: tuple[str, ...] = ()

    def draw(self, dice: random.Random) -> tuple[str, str, str]:
        """Given names, infix, family name of a made-up person."""
        place = min(int(dice.expovariate(1 / self.evenness) * 30), 10**6) % len(self.family)
        infix, family = self.family[place]
        given = dice.choice(self.given)
        if self.middle and dice.random() < 0.5:
            given = f"{given} {dice.choice(self.middle)}"
        elif not self.middle and dice.random() < 0.25:
            given = f"{given} {dice.choice(self.given)}"
        return given, infix, family


def _pool(given: str, family: str, evenness: float, middle: tuple[str, ...] = ()) -> Pool:
    names = []
    for word in family.split():
        infix, _, name = word.rpartition(")")
        names.append((infix.strip("(").replace("_", " "), name))
    return Pool(tuple(dict.fromkeys(given.split())), tuple(names), evenness, middle)


POOLS: dict[str, Pool] = {
    "dutch": _pool(_DUTCH_GIVEN, _DUTCH_FAMILY, 2.0),
    "frisian": _pool(_FRISIAN_GIVEN, _FRISIAN_FAMILY, 2.0),
    "turkish": _pool(_TURKISH_GIVEN, _TURKISH_FAMILY, 2.0),
    "moroccan": _pool(_MOROCCAN_GIVEN, _MOROCCAN_FAMILY, 3.0),
    "polish": _pool(_POLISH_GIVEN, _POLISH_FAMILY, 3.0),
    "romanian and bulgarian": _pool(_BALKAN_GIVEN, _BALKAN_FAMILY, 2.0),
    "surinamese": _pool(_SURINAMESE_GIVEN, _SURINAMESE_FAMILY, 3.0),
    "vietnamese": _pool(_VIETNAMESE_GIVEN, _VIETNAMESE_FAMILY, 0.6, _MIDDLE),
}
