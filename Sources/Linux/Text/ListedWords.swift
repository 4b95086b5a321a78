/// Words as a sentence lists them: "a", "a and b", "a, b and c".
package func listed(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    var text = ""
    for (position, word) in words.dropLast().enumerated() {
        text += position == 0 ? word : ", " + word
    }
    return text + " and " + last
}
