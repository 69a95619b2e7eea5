/// Texts that a ``LargeClinic`` is filled with.
struct Phrases {
  let name: String
  let texts: [String]

  static let all = [
    Phrases(
      name: "complaint",
      texts: [
        "Cough and fever for three days", "Headache, worse in the morning",
        "Pain in the lower back after lifting", "Sore throat, trouble swallowing",
        "Itching rash on both forearms", "Burning when passing water", "Dizziness on standing up",
        "Knee pain on stairs", "Stomach ache after meals", "Short of breath on exertion",
        "Routine check of blood pressure", "Follow-up of diabetes", "Earache on the left",
        "Cannot sleep for two weeks", "Sprained ankle", "Vaccination",
      ]),
    Phrases(
      name: "diagnosis",
      texts: [
        "Acute upper respiratory infection", "Migraine without aura", "Low back pain",
        "Acute pharyngitis", "Allergic contact dermatitis", "Urinary tract infection",
        "Essential hypertension", "Osteoarthritis of the knee", "Gastritis", "Asthma",
        "Type 2 diabetes mellitus", "Otitis media", "Insomnia", "Sprain of the ankle",
        "Iron deficiency anaemia", "Healthy person, immunization",
      ]),
    Phrases(
      name: "code",
      texts: [
        "J06.9", "G43.0", "M54.5", "J02.9", "L23.9", "N39.0", "I10", "M17.9", "K29.7", "J45.9",
        "E11.9", "H66.9", "G47.0", "S93.4", "D50.9", "Z23",
      ]),
    Phrases(
      name: "plan",
      texts: [
        "Rest, fluids, paracetamol when needed", "Come again in two weeks",
        "Physiotherapy twice a week for a month", "Blood count and glucose, then review",
        "Increase the dose, measure pressure daily", "Antibiotic for seven days",
        "Referral to the eye clinic", "Diet sheet given, weight in four weeks",
        "X-ray of the joint", "Stop the present tablets, begin the new ones tomorrow",
        "No treatment needed, reassurance", "Elastic bandage, no sport for ten days",
      ]),
    Phrases(
      name: "symptom",
      texts: [
        "Began gradually and is getting worse.", "Began suddenly on the way to work.",
        "No fever since yesterday.", "Had the same a year ago.", "Sleeps badly because of it.",
        "The family has no such illness.", "Eats and drinks normally.",
        "Took ibuprofen without much effect.", "Says that it hurts most at night.",
        "Lost two kilograms in a month.", "Does not smoke.", "Works on a building site.",
      ]),
    Phrases(
      name: "finding",
      texts: [
        "Chest clear on both sides.", "Throat red, no coating.", "Abdomen soft, no guarding.",
        "Heart sounds normal, no murmur.", "Moves all joints freely.", "Swelling over the ankle.",
        "Skin dry, with scratch marks.", "Pupils equal and reactive.", "No swollen lymph nodes.",
        "Ear drum red and bulging.", "Reflexes brisk and equal.", "Gait steady.",
      ]),
    Phrases(
      name: "frequency",
      texts: ["once a day", "twice a day", "three times a day", "every six hours", "at night"]),
    Phrases(
      name: "advice",
      texts: ["After food.", "With plenty of water.", "Not together with milk.", "Until finished."]),
    Phrases(
      name: "medicine",
      texts: [
        "Paracetamol", "Ibuprofen", "Amoxicillin", "Azithromycin", "Metformin", "Amlodipine",
        "Atorvastatin", "Omeprazole", "Losartan", "Cetirizine", "Salbutamol", "Prednisolone",
        "Diclofenac", "Ciprofloxacin", "Doxycycline", "Levothyroxine", "Furosemide", "Warfarin",
        "Gabapentin", "Sertraline",
      ]),
    Phrases(
      name: "drug_class",
      texts: [
        "analgesic", "anti-inflammatory", "antibiotic", "antidiabetic", "antihypertensive",
        "statin", "antihistamine", "bronchodilator",
      ]),
    Phrases(
      name: "maker",
      texts: [
        "Example Pharma", "Northwind Labs", "Contoso Health", "Fabrikam Care", "Tailspin Bio",
      ]
    ),
  ]
}
