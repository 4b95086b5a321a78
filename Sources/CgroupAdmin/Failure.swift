/// Why a subcommand of berth-cgroup could not be carried out, in one sentence.
package struct Failure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
