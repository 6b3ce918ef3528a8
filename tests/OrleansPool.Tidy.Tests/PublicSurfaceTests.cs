using OrleansPool.Tidy.Tests.Rules;
using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void Every_library_keeps_a_record_of_its_public_surface() => Rule.Holds(PublicSurfaceRules.Kept(SourceTree.Projects, SourceTree.Files));

    [Fact]
    public void A_library_without_its_record_is_found() =>
        Rule.Finds(
            PublicSurfaceRules.Kept(
                [
                    new(new("src/A/A.csproj", "<Project><HasPublicApi>true</HasPublicApi></Project>")),
                    new(new("src/B/B.csproj", "<Project />")),
                    new(new("src/C/C.csproj", "<Project><OutputType>Exe</OutputType></Project>")),
                ],
                [new("src/A/PublicAPI.Shipped.txt", ""), new("src/B/PublicAPI.Shipped.txt", ""), new("src/B/PublicAPI.Unshipped.txt", "")]),
            "src/A/A.csproj",
            "src/B/B.csproj");

    [Fact]
    public void The_record_of_the_public_surface_is_sorted() => Rule.Holds(PublicSurfaceRules.Sorted(SourceTree.Files));

    [Fact]
    public void A_record_out_of_order_is_found() =>
        Rule.Finds(
            PublicSurfaceRules.Sorted(
            [
                new("src/A/PublicAPI.Shipped.txt", "A.B\nA.C\n"),
                new("src/A/PublicAPI.Unshipped.txt", "#nullable enable\nA.B\nA.a\nA.C\nA.C\n"),
                new("src/B/PublicAPI.Shipped.txt", "#nullable enable\n"),
            ]),
            "src/A/PublicAPI.Shipped.txt:1",
            "src/A/PublicAPI.Unshipped.txt:4",
            "src/A/PublicAPI.Unshipped.txt:5");

    [Fact]
    public void What_is_public_for_our_own_assemblies_is_not_offered_to_applications() => Rule.Holds(PublicSurfaceRules.Offered(SourceTree.Files));

    [Fact]
    public void What_is_offered_without_being_for_applications_is_found() =>
        Rule.Finds(
            PublicSurfaceRules.Offered(
            [
                new("src/OrleansPool.Core/Arenas/A.cs", "public sealed class A;"),
                new("src/OrleansPool.Core/Arenas/B.cs", "[EditorBrowsable(EditorBrowsableState.Never)]\npublic sealed class B;"),
                new("src/OrleansPool.Core/Arenas/C.cs", "internal sealed class C;"),
                new("src/OrleansPool.Abstractions/Grains/IDGrain.cs", "public interface IDGrain;"),
                new("src/OrleansPool.Abstractions/Leases/E.cs", "public readonly record struct E(int F);"),
            ]),
            "src/OrleansPool.Core/Arenas/A.cs:1",
            "src/OrleansPool.Abstractions/Grains/IDGrain.cs:1");
}
