/// What the names of the bench's patients are made of: first names, and beginnings and endings of
/// last names, in several scripts.
struct NameParts: Sendable {
  let firsts: String
  let stems: String
  let endings: String

  static let all = [
    NameParts(
      firsts: "Asha Ravi Priya Arjun Lakshmi Meera Karthik Divya Suresh Anita Vikram Kavita Rahul "
        + "Sunita Manoj Deepa Ganesh Usha Naveen Rekha",
      stems: "Shar Ver Kul Agar Chauh Desh Raman Subra Venka Krish Bhat Mehr Kapo Malho Sriniv "
        + "Gopal Naray Choud Banar Mukher",
      endings: "ma wal karni an mukh athan mani tesh"),
    NameParts(
      firsts: "आशा रवि प्रिया अर्जुन सीता मीरा सुरेश अनिता विक्रम कविता राहुल सुनीता मनोज दीपा गणेश उषा "
        + "नवीन रेखा मोहन लता",
      stems: "शर्मा वर्मा गुप्ता यादव मिश्रा पाण्डेय तिवारी जोशी देसाई कुलकर्णी अग्रवाल चौहान राजपूत ठाकुर "
        + "सक्सेना श्रीवास्तव त्रिपाठी चतुर्वेदी द्विवेदी भट्ट",
      endings: "जी वाल कर पुरी राम दास नाथ लाल"),
    NameParts(
      firsts:
        "María José Lucía Íñigo Begoña Andrés Sofía Raúl Inés Tomás Verónica Ángel Mónica Óscar "
        + "Belén Joaquín Rocío Víctor Núria Adrián",
      stems: "Fernánd Rodrígu Gonzál Martín Sánch Ramír Domíngu Vázqu Giménez Álvar Benít Muñoz "
        + "Castañ Ordóñ Ibáñ Peñal Echeverr Zubizarr Mendiz Aguirr",
      endings: "ez es osa ía eta ábal era ondo"),
    NameParts(
      firsts:
        "فاطمة محمد ليلى يوسف مريم أحمد زينب خالد نور عمر سلمى حسن رانيا طارق هدى سامي دينا كريم "
        + "أمل رشيد",
      stems: "الحداد المصري العلي الخوري النصر البغدادي الشامي الحلبي القاسم الرشيد السعيد الجابري "
        + "المنصور الهاشم التميم الفارس الزهر الكرم السالم الناصر",
      endings: "ي ين اوي اني ية ون ات ان"),
    NameParts(
      firsts:
        "Chloé François Siobhán Liam Zoé Seán Agnès Tomasz Zofia Søren Åse Jürgen Käthe Björn "
        + "Małgorzata Jérôme Aoife Łukasz Ðorđe Ñusta",
      stems:
        "Lefèv Dubo Gérar Andersø Müll Kowal Wiśniew O'Conn O'Bri Lindström Schröd Zielin Rousse "
        + "MacGill Bélang Håkans Nowakow Thér Fitzpatr Jørgens",
      endings: "re is er ski en ick ault or"),
    NameParts(
      firsts: "Олена Тарас Марія Богдан Ірина Андрій Оксана Юрій Наталія Дмитро Ганна Сергій Софія "
        + "Василь Людмила Павло Катерина Микола Лариса Роман",
      stems: "Шевч Ковал Бондар Мельн Ткач Кравч Олійн Поліщ Савч Петр Лисен Гонч Марч Рудн Клим "
        + "Павл Юрч Гавр Сидор Зайч",
      endings: "енко ук ик ишин ський ович ець ак"),
  ]

  /// Rows of SQL's VALUES: number, first names, beginnings, endings.
  static var rows: String {
    all.enumerated().map { index, parts in
      "(\(index), \(array(parts.firsts)), \(array(parts.stems)), \(array(parts.endings)))"
    }.joined(separator: ",\n")
  }

  private static func array(_ words: String) -> String {
    let quoted = words.split(separator: " ").map {
      "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
    return "ARRAY[\(quoted.joined(separator: ", "))]"
  }
}
