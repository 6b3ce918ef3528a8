using OrleansPool.Tidy.Tests.Rules;
using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests;

public sealed class NamespaceTests
{
    [Fact]
    public void Namespaces_are_folders() => Rule.Holds(NamespaceRules.Folders(SourceTree.Projects, SourceTree.Files));

    [Fact]
    public void A_namespace_that_is_not_its_folder_is_found() =>
        Rule.Finds(
            NamespaceRules.Folders(
                [new(new("src/OrleansPool.Abstractions/OrleansPool.Abstractions.csproj", "<Project><RootNamespace>OrleansPool</RootNamespace></Project>")),
                 new(new("src/A/A.csproj", "<Project />"))],
                [
                    new("src/A/Top.cs", "namespace A;"),
                    new("src/A/Inner/Good.cs", "// namespace B;\nnamespace A.Inner;"),
                    new("src/A/Inner/Bad.cs", "\nnamespace A;"),
                    new("src/A/Inner/None.cs", "class None;"),
                    new("src/A/Program.cs", "return 0;"),
                    new("src/OrleansPool.Abstractions/Leases/Good.cs", "namespace OrleansPool;"),
                    new("src/OrleansPool.Abstractions/Leases/Bad.cs", "namespace OrleansPool.Leases;"),
                    new("src/OrleansPool.Abstractions/Grains/Good.cs", "namespace OrleansPool.Grains;"),
                    new("src/OrleansPool.Abstractions/Grains/Bad.cs", "namespace OrleansPool;"),
                ]),
            "src/A/Inner/Bad.cs:2",
            "src/A/Inner/None.cs",
            "src/OrleansPool.Abstractions/Grains/Bad.cs:1",
            "src/OrleansPool.Abstractions/Leases/Bad.cs:1");

    [Fact]
    public void No_namespace_hides_a_name_that_everyone_uses() => Rule.Holds(NamespaceRules.Names(SourceTree.Files));

    [Fact]
    public void A_namespace_that_hides_a_name_is_found() =>
        Rule.Finds(
            NamespaceRules.Names(
            [
                new("A.cs", "namespace OrleansPool.Orleans;"),
                new("B.cs", "namespace OrleansPool.Client.Memory;"),
                new("C.cs", "namespace OrleansPool.MemoryFabrics;"),
            ]),
            "A.cs:1",
            "B.cs:1");

    [Fact]
    public void The_core_uses_no_runtime_no_network_and_no_extensions() => Rule.Holds(NamespaceRules.Core(SourceTree.Files));

    [Fact]
    public void What_the_core_must_not_use_is_found() =>
        Rule.Finds(
            NamespaceRules.Core(
            [
                new("src/OrleansPool.Core/A.cs", """
                    using System.Buffers;
                    using System.Net.Sockets;
                    using Microsoft.Extensions.Logging;
                    using Orleans.Runtime;
                    using Orleans;
                    """),
                new("src/OrleansPool.Core/B.cs", "/// <see cref=\"GrainId\"/>\nusing OrleansPool.Grains;\nIRegionGrain _region;"),
                new("src/OrleansPool.Core/C.cs", "OrleansPool.Client.Ranges.ExtentMap _map;\nOrleansPool.LeaseKey _key;"),
                new("src/OrleansPool.Server/D.cs", "using Orleans.Runtime;"),
            ]),
            "src/OrleansPool.Core/A.cs:2",
            "src/OrleansPool.Core/A.cs:3",
            "src/OrleansPool.Core/A.cs:4",
            "src/OrleansPool.Core/A.cs:5",
            "src/OrleansPool.Core/B.cs:3",
            "src/OrleansPool.Core/C.cs:1");

    [Fact]
    public void The_client_uses_of_the_core_only_what_both_sides_share() => Rule.Holds(NamespaceRules.Client(SourceTree.Files));

    [Fact]
    public void A_part_of_the_core_that_the_client_must_not_use_is_found() =>
        Rule.Finds(
            NamespaceRules.Client(
            [
                new("src/OrleansPool.Client/A.cs", "using OrleansPool.Core.Placement;\nusing OrleansPool.Core.Segments;"),
                new("src/OrleansPool.Client/B.cs", "Core.Replication.Role _role;"),
            ]),
            "src/OrleansPool.Client/A.cs:2",
            "src/OrleansPool.Client/B.cs:1");

    [Fact]
    public void The_transport_knows_frames_and_nothing_else_of_the_core() => Rule.Holds(NamespaceRules.Transport(SourceTree.Files));

    [Fact]
    public void A_part_of_the_core_that_the_transport_must_not_use_is_found() =>
        Rule.Finds(
            NamespaceRules.Transport([new("src/OrleansPool.Transport/A.cs", "using OrleansPool.Core.Wire;\nusing OrleansPool.Core.Segments;")]),
            "src/OrleansPool.Transport/A.cs:2");
}
