import TestSupport
import Testing

/// The links in comments: a name, or `Type/member`, in double backticks.
@Suite struct DocLinks {
    @Test("a link in a comment names a declaration")
    func links() {
        let root = String(#filePath.dropLast("Tests/HouseTests/DocLinks.swift".count))
        var comments = CommentLinks()
        for file in run(["find", root + "Sources", "-name", "*.swift"]).lines.sorted() {
            comments.read(contents(of: file), from: String(file.dropFirst(root.count)))
        }
        expect(comments.links.count > 100, "\(comments.links.count)")
        expect(comments.broken, is: [])
    }

    @Test("a link to a name that does not exist, or only in another type, is found")
    func broken() {
        var comments = CommentLinks()
        let source = """
            /// ``Tree``, ``Leaf``, ``height``, ``Leaf/color``, ``Tree/Leaf/color``,
            /// ``Tree/grow(by:_:)``
            struct Tree {
                let height: Int
                enum Leaf {
                    case color, shape(size: Int)
                }
                /// ``color``, ``Tree/color``, ``Leaf/size``, ``Leaf/shape(size:)``,
                /// ``Leaf/shape(_:)``
                func grow(
                    by step: (Int) -> Int, _ count: Int
                ) {
                    let local = 1
                }
                /// ``local``, ``grow``, ``grow(by:)``
            }
            // ``height``, ``Tree/height``
            """
        comments.read(source, from: "tree")
        expect(
            comments.broken,
            is: [
                "tree:8: color", "tree:8: Tree/color", "tree:8: Leaf/size",
                "tree:9: Leaf/shape(_:)", "tree:15: local", "tree:15: grow(by:)",
                "tree:17: height",
            ])
    }
}

/// The declarations and links of source files, which swift-format has indented.
private struct CommentLinks {
    struct Link {
        /// `FILE:LINE: LINK`.
        let text: String
        let names: [String]
        /// The declarations that contain the comment, and the one that it documents.
        var scope: [String]
    }

    private(set) var links: [Link] = []
    /// The declarations that contain each declaration, by its name with and without labels.
    private var declared: [String: [[String]]] = [:]

    var broken: [String] {
        links.filter { link in
            let containers = Array(link.names.dropLast())
            return !declared[link.names.last ?? "", default: []].contains { place in
                let outer = place.dropLast(containers.count)
                return place.suffix(containers.count).elementsEqual(containers)
                    && (outer.last.map { link.scope.contains($0) } ?? true)
            }
        }.map(\.text)
    }

    mutating func read(_ text: String, from file: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var enclosing: [(indentation: Int, names: [String])] = []
        // Those of the comment before the next line of code.
        var pending = links.endIndex
        for (index, line) in lines.enumerated() {
            let code = line.drop { $0 == " " }
            let indentation = line.count - code.count
            guard !code.isEmpty, code.first != "#", code.first != "@" || code.contains(" ") else {
                continue
            }
            let isComment = code.starts(with: "//")
            // The end of a list of parameters closes nothing.
            while let last = enclosing.last, last.indentation >= indentation,
                let first = code.first, !")]{-".contains(first)
            {
                enclosing.removeLast()
            }
            let scope = enclosing.flatMap(\.names)
            if isComment {
                links += code.matches(of: /``([^`]+)``/).map { match in
                    Link(
                        text: "\(file):\(index + 1): \(match.output.1)",
                        names: match.output.1.split(separator: "/").map(String.init), scope: scope)
                }
                continue
            }
            let names = Self.names(in: code, lines[(index + 1)...].prefix(20))
            for name in names.declared { declared[name, default: []].append(scope) }
            for position in pending..<links.endIndex { links[position].scope += names.container }
            pending = links.endIndex
            if !names.container.isEmpty { enclosing.append((indentation, names.container)) }
        }
    }

    /// What a line declares, and the names under which the declarations in its braces are found.
    private static func names(
        in code: Substring, _ next: ArraySlice<Substring>
    ) -> (declared: [String], container: [String]) {
        guard let match = code.prefixMatch(of: declaration) else { return ([], []) }
        let rest = match.output.2
        func name(of text: Substring) -> String {
            String(
                text.drop { " `".contains($0) }.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        }
        switch match.output.1 {
        case "extension":
            if rest.first == "[" { return ([], ["Array"]) }
            let type = rest.prefix { $0.isLetter || $0.isNumber || $0 == "." }
            return ([], type.split(separator: ".").map(String.init))
        case "func", "init":
            let base = match.output.1 == "init" ? "init" : name(of: rest)
            let whole = rest + next.joined(separator: " ")
            return ([base, base + labels(whole.drop { $0 != "(" })], [base])
        case "case":
            let cases = topLevel(rest).flatMap { part in
                let base = name(of: part[...])
                return part.contains("(") ? [base, base + labels(part.drop { $0 != "(" })] : [base]
            }
            return (cases, [])
        case "var", "let":
            let names = rest.prefix { !":={".contains($0) }.split(separator: ",").map(name)
            return (names, names)
        default: return ([name(of: rest)], [name(of: rest)])
        }
    }

    /// The labels of a list of parameters, such as `(of:_:)`.
    private static func labels(_ text: Substring) -> String {
        let parameters = topLevel(text.dropFirst())
        let labels = parameters.filter { $0.contains { $0 != " " } }.map { parameter in
            let label = parameter.prefix { $0 != ":" }
            return label.count == parameter.count
                ? "_:" : (label.split(separator: " ").first ?? "_") + ":"
        }
        return "(\(labels.joined()))"
    }

    /// The parts between commas outside brackets, up to the closing bracket.
    private static func topLevel(_ text: some StringProtocol) -> [String] {
        var parts = [""]
        var depth = 0
        var previous: Character = " "
        for character in text {
            if "([{".contains(character) || character == "<" && previous != " " { depth += 1 }
            if ")]}".contains(character) || character == ">" && !"- ".contains(previous) {
                depth -= 1
            }
            guard depth >= 0 else { break }
            if character == ",", depth == 0 {
                parts.append("")
            } else {
                parts[parts.endIndex - 1].append(character)
            }
            previous = character
        }
        return parts
    }
}

/// A line after its attributes and modifiers.
nonisolated(unsafe) private let declaration =
    #/
    (?: (?: @\w+ | [a-z]+ ) (?: \( [\w,\ ]* \) )? \  )*?
    (struct | class | enum | protocol | extension | typealias | func | init | case | var | let) \b
    [?]? \ * (.*)
    /#
