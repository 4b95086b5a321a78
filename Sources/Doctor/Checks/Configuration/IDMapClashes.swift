internal import Linux

/// Ranges of `lxc.idmap` that the kernel refuses together: see user_namespaces(7).
enum IDMapClashes {
    typealias Range = ContainerConfig.Range

    static func findings(_ facts: Facts) -> [Finding] {
        let map = facts.config.idMap
        var findings = map.filter { $0.isImpossible }.map { range in
            Finding(
                .problem, place(range, facts),
                "\(text(range)) has no IDs, or IDs above 4294967295, which the kernel refuses",
                range.place.map { [facts.disable($0)] } ?? [])
        }
        for (index, range) in map.enumerated() {
            guard let other = map[..<index].first(where: { $0.clashes(with: range) }) else {
                continue
            }
            findings.append(clash(other, range, facts))
        }
        return findings.bounded(facts)
    }

    private static func place(_ range: Range, _ facts: Facts) -> String {
        range.place?.text ?? facts.config.path.quoted
    }

    private static func text(_ range: Range) -> String {
        "\"\(range.kind.rawValue) \(range.inside) \(range.outside) \(range.count)\""
    }

    private static func clash(_ first: Range, _ second: Range, _ facts: Facts) -> Finding {
        Finding(
            .problem, place(second, facts),
            "the range \(text(second)) overlaps \(text(first))"
                + (first.place.map { ", line \($0.line)" } ?? "")
                + ", and the kernel accepts no ID twice (newuidmap: Invalid argument)",
            fixes(first, second, facts))
    }

    private static func fixes(_ first: Range, _ second: Range, _ facts: Facts) -> [Fix] {
        guard let one = first.place, let two = second.place else { return [] }
        let key = first.kind.rawValue
        // The first range maps nothing that the second does not map in the same way.
        if first.inside <= second.inside, second.insideEnd <= first.insideEnd,
            second.outside >= first.outside,
            second.outside - first.outside
                == second.inside - first.inside
        {
            return [facts.disable(two)]
        }
        guard first.inside <= second.inside, second.insideEnd <= first.insideEnd,
            !first.overlapsOutside(second)
        else {
            return [.advice("change one of the two ranges so that they have no ID in common")]
        }
        // The part before the inner range, and the part after it.
        let before = second.inside - first.inside
        let after = first.insideEnd - second.insideEnd
        let rest =
            after == 0
            ? []
            : [
                facts.append(
                    "lxc.idmap = \(key) \(second.insideEnd) "
                        + "\(first.outside + before + second.count) \(after)", to: one)
            ]
        return [
            before == 0
                ? facts.disable(one)
                : facts.setValue("\(key) \(first.inside) \(first.outside) \(before)", at: one)
        ] + rest
    }
}

extension ContainerConfig.Range {
    fileprivate var insideEnd: UInt64 { inside + count }

    fileprivate var isImpossible: Bool {
        let end = UInt64(UInt32.max)
        return count == 0 || inside + count > end || outside + count > end
    }

    fileprivate func overlapsOutside(_ other: Self) -> Bool {
        outside < other.outside + other.count && other.outside < outside + count
    }

    fileprivate func clashes(with other: Self) -> Bool {
        kind == other.kind
            && (inside < other.insideEnd && other.inside < insideEnd || overlapsOutside(other))
    }
}
