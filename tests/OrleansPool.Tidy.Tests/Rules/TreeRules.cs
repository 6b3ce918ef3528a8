using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests.Rules;

/// <summary>What lies at the top of the repository.</summary>
internal static class TreeRules
{
    private static readonly string[] Folders = ["src", "tests", "silo", "dashboard"];

    private static readonly string[] RootFiles =
    [
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "LICENSE", "OrleansPool.sln", "README.md", "docker-compose.yml",
        "global.json", "nuget.config",
    ];

    /// <summary>The folders of the design, the files that tools look for, and what begins with a dot. Nothing else.</summary>
    public static IEnumerable<Violation> TopLevel(IReadOnlyCollection<SourceFile> files)
    {
        string[] tops = [.. files.Select(file => file.Path.Split('/')[0]).Where(top => top[0] != '.').Distinct()];
        string[] folders = [.. tops.Where(top => files.Any(file => file.IsIn(top)))];
        return
        [
            .. Folders.Except(folders).Select(folder => new Violation(folder, 0, "the folder is missing")),
            .. folders.Except(Folders).Select(folder => new Violation(folder, 0, "the design has no such folder")),
            .. tops.Except(folders).Except(RootFiles).Select(file => new Violation(file, 0, "no such file belongs at the top")),
        ];
    }

    public static IEnumerable<Violation> Readmes(IReadOnlyCollection<SourceFile> files) =>
        from path in Folders.Select(folder => $"{folder}/README.md").Prepend("README.md")
        let readme = files.FirstOrDefault(file => file.Path == path)
        where string.IsNullOrWhiteSpace(readme?.Text)
        select new Violation(path, 0, "what it should explain is not explained");
}
