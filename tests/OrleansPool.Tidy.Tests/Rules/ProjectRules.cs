using System.Text.RegularExpressions;
using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests.Rules;

/// <summary>Which projects there are, who refers to whom, and what each brings with it.</summary>
internal static partial class ProjectRules
{
    /// <summary>The arrows of use. What a project reaches through another is its own affair; what it declares is the design's.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["OrleansPool.Abstractions"] = [],
        ["OrleansPool.Core"] = ["OrleansPool.Abstractions"],
        ["OrleansPool.Transport"] = ["OrleansPool.Core"],
        ["OrleansPool.Client"] = ["OrleansPool.Core", "OrleansPool.Transport", "OrleansPool.Abstractions"],
        ["OrleansPool.Server"] = ["OrleansPool.Core", "OrleansPool.Transport", "OrleansPool.Client", "OrleansPool.Abstractions"],
        ["OrleansPool.Cli"] = ["OrleansPool.Client"],
        ["OrleansPool.Dashboard"] = ["OrleansPool.Client"],
        ["OrleansPool.Dashboard.Host"] = ["OrleansPool.Dashboard"],
        ["OrleansPool.Silo"] = ["OrleansPool.Server", "OrleansPool.Dashboard"],
    };

    /// <summary>Projects that stay out of the solution on purpose, each with its reason.</summary>
    private static readonly string[] OutsideSolution =
    [
        // It is what a user has: it restores our packages, which a test packs first. So there are no versions of them to lock either.
        "tests/OrleansPool.Packages/OrleansPool.Packages.csproj",
    ];

    [GeneratedRegex("""
        "(?<path>[^"]+\.csproj)"
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex SolutionEntry { get; }

    [GeneratedRegex("""\bInternalsVisibleTo(?:Attribute)?\s*\(\s*"(?<friend>[^",]+)""")]
    private static partial Regex FriendAttribute { get; }

    [GeneratedRegex("""<PackageReference\b[^>]*\bVersion(?:Override)?\s*=""")]
    private static partial Regex PackageWithVersion { get; }

    [GeneratedRegex("""<PackageReference\b[^>]*[^/]>\s*<Version(?:Override)?>""")]
    private static partial Regex PackageAroundVersion { get; }

    public static IEnumerable<Violation> References(IEnumerable<ProjectFile> projects)
    {
        foreach (ProjectFile project in projects.Where(project => project.Ships))
        {
            if (!Arrows.TryGetValue(project.Name, out string[]? allowed))
            {
                yield return project.File.Whole("the design knows no such project");
                continue;
            }

            foreach ((string name, int line) in project.References())
            {
                if (!allowed.Contains(name)) yield return new(project.File.Path, line, $"{project.Name} must not refer to {name}");
            }
        }
    }

    public static IEnumerable<Violation> TestProjects(IReadOnlyCollection<ProjectFile> projects) =>
        from project in projects
        where project.File.IsIn("src")
        let expected = $"tests/{project.Name}.Tests/{project.Name}.Tests.csproj"
        where projects.All(other => other.File.Path != expected)
        select project.File.Whole($"its test project is missing: {expected}");

    public static IEnumerable<Violation> Solution(IEnumerable<ProjectFile> projects, SourceFile solution)
    {
        string[] listed = [.. SolutionEntry.Matches(solution.Text).Select(match => match.Groups["path"].Value.Replace('\\', '/'))];
        string[] existing = [.. projects.Select(project => project.File.Path)];
        return
        [
            .. existing.Except(listed).Except(OutsideSolution).Select(path => new Violation(path, 0, $"{solution.Path} does not list it")),
            .. listed.Except(existing).Select(path => solution.Whole($"it lists {path}, which is not there")),
        ];
    }

    /// <summary>Tests and benchmarks may see what is internal. What ships meets at public types only.</summary>
    public static IEnumerable<Violation> Friends(IEnumerable<ProjectFile> projects, IEnumerable<SourceFile> files) =>
    [
        .. from project in projects
           from friend in project.Items("InternalsVisibleTo")
           where !MayBeFriend(friend.Include)
           select new Violation(project.File.Path, friend.Line, $"{friend.Include} must not see internals"),
        .. from file in files
           where file.IsCode && !file.IsRule
           from match in FriendAttribute.Matches(file.Text)
           where !MayBeFriend(match.Groups["friend"].Value)
           select file.At(match.Index, $"{match.Groups["friend"].Value} must not see internals"),
    ];

    public static IEnumerable<Violation> Packages(IEnumerable<SourceFile> files) =>
        from file in files
        where System.IO.Path.GetExtension(file.Name) is ".csproj" or ".props" or ".targets"
        from violation in new[] { PackageWithVersion, PackageAroundVersion }.SelectMany(
            says => file.WhereText(says, "versions stand in Directory.Packages.props alone"))
        select violation;

    public static IEnumerable<Violation> LockFiles(IEnumerable<ProjectFile> projects, IEnumerable<SourceFile> files) =>
        from project in projects
        where !OutsideSolution.Contains(project.File.Path) && files.All(file => file.Path != $"{project.Folder}/packages.lock.json")
        select project.File.Whole("no packages.lock.json stands beside it");

    private static bool MayBeFriend(string assembly) => assembly.EndsWith(".Tests", StringComparison.Ordinal) || assembly is "OrleansPool.Benchmarks" or "OrleansPool.Simulation";
}
