extension [Finding] {
    /// The first findings, and how many more there are: a user decides how many faults a
    /// configuration has.
    func bounded(_ facts: Facts) -> [Finding] {
        let shown = 8
        let rest = dropFirst(shown).filter { $0.verdict != .ok }
        guard let first = rest.first else { return self }
        let message =
            rest.count == 1 ? "1 more line has an error" : "\(rest.count) more lines have errors"
        let place = facts.config.path.quoted
        let advice = Fix.advice("correct the first ones, and run berth doctor again")
        let isProblem = rest.contains { $0.verdict == .problem }
        return prefix(shown)
            + [
                isProblem
                    ? .problem(place, message, advice)
                    : Finding(first.verdict, place, message, [advice])
            ]
    }
}
