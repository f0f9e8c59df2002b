"""First names that are often given in the Netherlands, of people from anywhere: in a short text they mean somebody.

Plain lower-case letters (`text.plain_word`). No list holds every name. A name that is a word as well is left out
("roos", "merel", "floor", "joy", "said"): what was seen must stay sayable.
"""

from __future__ import annotations

FIRST_NAMES = """
    aart abbas abdel abdelkader abdi abdul abdullah adam adrian adriana agnes agnieszka ahmad ahmed ahmet aicha
    aisha albert alejandro aleksander aleksandr alex alexander alexandra alexandru ali alice alicia amina amir amira
    ana anastasia andrea andreas andrei andrew andries andrzej angela angelique anil anita anja anke anna annabel
    anne anneke annemarie annemiek annet annie anouk anthony anton antonio arend arie arjan arjen arnold ashwin
    astrid attila ayse barbara bart bartosz beata beatrix bernard bianca bilal bjorn bogdan boris bram brian
    brigitte carla carlos carmen catalin catharina cees chantal charlotte chris christiaan christina christine coen
    constantin cornelia cornelis corrie cristian cristina daan daniel daniela danielle danny dariusz david debbie
    deborah denise dennis desislava diana diego dimitar dimitri dirk dmitri dmytro dominik dorota driss ebru eduard
    edward edwin ekaterina elena elif eline elisabeth elizabeth ellen elly emilia emine emma emmanuel emre eric erik
    esmee esra esther eva evelien evert ewa fabio farah fatih fatima fatma fatou femke fenna ferenc filip florin
    floris francisco frederik frits froukje gabor gabriela gabrielle geert george georgi gerard gerda gerrit gert
    gheorghe gijs giovanni greetje grzegorz guido guus hakan hamid hamza hanna hannah hanneke hans harrie hasan
    hassan hatice hendrik henk henri henriette herman hetty hicham hilde hristo hugo huseyin ibrahim ibrahima ildiko
    ilona ilse imane imran ines inge ingrid ioana ionut irena irene irina iryna isabel isabella ismail istvan ivan
    ivana ivanka jaap jacco jacob jacqueline jakob jakub james jamila jana janneke janos jans janusz jarek jaroslav
    jasper jean jelle jennifer jenny jeroen jesse jessica jesus jim joanna jochem joel johan johanna johannes john
    jolanda jonas jonathan joop joost jorge joris jos jose josef joseph josephine jozef jozsef juan judith julia
    julian jurgen justyna kamil kamila karel karim karin karol kasia katalin katarina katarzyna kees kemal kenneth
    kevin khadija khalid klaas koen kofi krystyna krzysztof kwame lars laszlo latifa laura laurens leila lena
    lennart leon leonie leyla lianne lidia lieke lijuan linda lisa lisanne lotte louis louise luca lucas luis luka
    lukas lukasz luuk maaike maarten maciej magdalena mahmoud malgorzata malika mamadou manon manuel mara marc
    marcel marcin marco marek margriet maria mariam marian marianne marie marieke marija marijke mario marion marius
    mariusz marjan marjolein marko marleen marlies marloes marta martha martijn martin martina maryam mateusz
    mathijs matthias maurice maurits mehmet melanie melissa merve michael michal michel michelle miguel mihaela
    mihai mikael mila milan milena milica mirela miriam mirjam mirko mitchell mohamed mohammad mohammed mohamud
    mohsin monica monika monique mourad muhammad murat mustafa mustapha nabil nadia naima naomi natalia natalie
    natalya natasja nathalie nguyen nicolae nicole niek niels nikita niklas nikolay nina noah nora nordin oksana
    oleksandr olena olga oliver olivia omar omer orhan oscar osman otto ouail pablo pascal patricia patrick paul
    paula paulina pavel pawel pedro peter petra petya phuong piet pieter pim piotr plamen priscilla priya quinten
    rachel rachid radjesh radu rafael rafal rajesh ralph ramon ramona raymond razvan rebecca regina reinier remco
    renata renate rene ria rian rianne ricardo richard rik rinus robbert robert roberto roel roland rolf romy ronald
    ruben rudolf ruud ryan saar sabine sabrina salma samir samira samuel sander sandra sanne santiago sara sarah
    saskia sebastiaan sebastian sergei sergej sergey sergio serhiy serkan sevda shanti sharon sibel silvia simon
    simona sjaak sjoerd slawomir sofia sofie sonja sophie soufiane soumaya stanislaw stefan stefano stephan
    stephanie steven stijn stoyan sunil susan susanne suzanne svetlana sylvia szymon tamara tanja tatiana teresa
    tess tetiana teun theo theodoor theresa thijmen thijs thomas thuy tijmen tim timo tineke tobias tom tomasz truus
    tuan urszula valentin valentina vasile veronika victor victoria vincent vladimir volodymyr walter wendy wesley
    wessel wiktor willem willemijn wilma wim wojciech wouter xander yara yasin yasmin yassin yassine yousef youssef
    yulia yusuf yvonne zbigniew zeynep zineb zoe zofia zoltan zsuzsanna
"""
