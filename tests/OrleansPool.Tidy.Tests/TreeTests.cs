using OrleansPool.Tidy.Tests.Rules;
using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests;

public sealed class TreeTests
{
    [Fact]
    public void The_top_holds_the_folders_of_the_design_and_what_tools_look_for() => Rule.Holds(TreeRules.TopLevel(SourceTree.Files));

    [Fact]
    public void What_does_not_belong_at_the_top_or_is_missing_is_found() =>
        Rule.Finds(
            TreeRules.TopLevel(
            [
                new("src/a", ""), new("tests/a", ""), new("silo/a", ""), new(".ci/run", ""), new(".editorconfig", ""), new("LICENSE", ""),
                new("docs/a", ""), new("notes.md", ""),
            ]),
            "dashboard",
            "docs",
            "notes.md");

    [Fact]
    public void Documentation_lies_beside_what_it_documents() => Rule.Holds(TreeRules.Readmes(SourceTree.Files));

    [Fact]
    public void A_missing_or_empty_readme_is_found() =>
        Rule.Finds(
            TreeRules.Readmes(
                [new("README.md", "# It"), new("src/README.md", "# Of it"), new("tests/README.md", "\n"), new("dashboard/README.md", "# Pages")]),
            "silo/README.md",
            "tests/README.md");
}
