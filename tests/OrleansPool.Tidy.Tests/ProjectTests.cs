using OrleansPool.Tidy.Tests.Rules;
using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests;

public sealed class ProjectTests
{
    [Fact]
    public void Projects_refer_only_to_what_the_design_allows() => Rule.Holds(ProjectRules.References(SourceTree.Projects));

    [Fact]
    public void A_reference_or_a_project_that_the_design_does_not_know_is_found() =>
        Rule.Finds(
            ProjectRules.References(
            [
                Project("src/OrleansPool.Cli/OrleansPool.Cli.csproj", """
                    <Project>
                      <ProjectReference Include="../OrleansPool.Client/OrleansPool.Client.csproj" />
                      <ProjectReference Include="..\OrleansPool.Server\OrleansPool.Server.csproj" />
                    </Project>
                    """),
                Project("src/OrleansPool.Extras/OrleansPool.Extras.csproj"),
                Project("tests/OrleansPool.Any.Tests/OrleansPool.Any.Tests.csproj", """<Project><ProjectReference Include="../Anything.csproj" /></Project>"""),
            ]),
            "src/OrleansPool.Cli/OrleansPool.Cli.csproj:3",
            "src/OrleansPool.Extras/OrleansPool.Extras.csproj");

    [Fact]
    public void Every_project_of_src_has_a_test_project() => Rule.Holds(ProjectRules.TestProjects(SourceTree.Projects));

    [Fact]
    public void A_project_without_tests_is_found() =>
        Rule.Finds(
            ProjectRules.TestProjects([Project("src/A/A.csproj"), Project("src/B/B.csproj"), Project("tests/A.Tests/A.Tests.csproj")]),
            "src/B/B.csproj");

    [Fact]
    public void Every_project_is_in_the_solution() =>
        Rule.Holds(ProjectRules.Solution(SourceTree.Projects, SourceTree.Files.Single(file => file.Path == "OrleansPool.sln")));

    [Fact]
    public void A_project_outside_the_solution_and_one_that_is_gone_are_found() =>
        Rule.Finds(
            ProjectRules.Solution(
                [Project("src/A/A.csproj"), Project("src/B/B.csproj")],
                new("OrleansPool.sln", """
                    Project("{0}") = "A", "src\A\A.csproj", "{1}"
                    Project("{0}") = "C", "src\C\C.csproj", "{2}"
                    """)),
            "OrleansPool.sln",
            "src/B/B.csproj");

    [Fact]
    public void Internals_are_seen_by_tests_only() => Rule.Holds(ProjectRules.Friends(SourceTree.Projects, SourceTree.Files));

    [Fact]
    public void Internals_shown_to_what_ships_are_found() =>
        Rule.Finds(
            ProjectRules.Friends(
                [Project("src/A/A.csproj", """
                    <Project>
                      <InternalsVisibleTo Include="A.Tests" />
                      <InternalsVisibleTo Include="B" />
                    </Project>
                    """)],
                [new("src/A/Friends.cs", """[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("C")]""")]),
            "src/A/A.csproj:3",
            "src/A/Friends.cs:1");

    [Fact]
    public void Versions_of_packages_stand_in_one_place() => Rule.Holds(ProjectRules.Packages(SourceTree.Files));

    [Fact]
    public void A_version_beside_a_package_is_found() =>
        Rule.Finds(
            ProjectRules.Packages(
            [
                new("src/A/A.csproj", """<PackageReference Include="P" Version="1.0.0" />"""),
                new("src/B/B.csproj", """<PackageReference Include="P" VersionOverride="1.0.0" />"""),
                new("src/C/C.csproj", """<PackageReference Include="P"><Version>1.0.0</Version></PackageReference>"""),
                new("src/D/D.csproj", """<PackageReference Include="P" PrivateAssets="all" />"""),
                new("Directory.Packages.props", """<PackageVersion Include="P" Version="1.0.0" />"""),
            ]),
            "src/A/A.csproj:1",
            "src/B/B.csproj:1",
            "src/C/C.csproj:1");

    [Fact]
    public void Every_project_has_its_packages_locked() => Rule.Holds(ProjectRules.LockFiles(SourceTree.Projects, SourceTree.Files));

    [Fact]
    public void A_project_without_a_lock_file_is_found() =>
        Rule.Finds(
            ProjectRules.LockFiles([Project("src/A/A.csproj"), Project("src/B/B.csproj")], [new("src/A/packages.lock.json", "{}")]),
            "src/B/B.csproj");

    private static ProjectFile Project(string path, string text = "<Project />") => new(new(path, text));
}
