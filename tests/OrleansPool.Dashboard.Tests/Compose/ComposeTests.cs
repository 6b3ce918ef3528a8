using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using OrleansPool.Cluster.Tests.Processes;
using OrleansPool.Dashboard.Host;
using OrleansPool.Silo;

namespace OrleansPool.Dashboard.Tests.Compose;

/// <summary>Every path, port, variable and flag of docker-compose.yml and the Dockerfiles, held to the programs that they start.</summary>
public sealed partial class ComposeTests
{
    private const string Section = "OrleansPool";
    private const double ManagedHeapShare = 0.4;
    private const long RestBytes = 128L << 20;

    private readonly ComposeFile _compose = ComposeFile.Read();

    public static TheoryData<string> Dockerfiles => [ComposeFile.SiloDockerfile, ComposeFile.DashboardDockerfile];

    [Fact]
    public void There_are_Redis_three_silos_and_the_dashboard()
    {
        Assert.Equal(["dashboard", "redis", "silo-a", "silo-b", "silo-c"], _compose.Services.Order(StringComparer.Ordinal));
        Assert.Equal(3, _compose.Silos.Count());
    }

    [Fact]
    public void Every_variable_is_a_setting_of_the_program_that_gets_it()
    {
        foreach (string service in _compose.Services)
        {
            Assert.All(_compose.Variables(service).Keys, name => Assert.StartsWith($"{Section}__", name, StringComparison.Ordinal));
            if (_compose.DockerfileOf(service) is null) continue;
            object settings = Bind(service);
            foreach ((string name, string value) in _compose.Settings(service))
            {
                object? bound = settings.GetType().GetProperty(name)!.GetValue(settings);
                Assert.Equal(value, Convert.ToString(bound, System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    [Fact]
    public void A_variable_that_is_no_setting_would_be_found() =>
        Assert.Throws<InvalidOperationException>(() => Bind("silo-a", ("Capacitty", "1GiB")));

    [Fact]
    public void All_services_speak_of_one_cluster_and_one_Redis()
    {
        Dictionary<string, string>[] all = [.. _compose.Services.Where(service => service != "redis").Select(_compose.Settings)];
        foreach (string name in new[] { "ClusterId", "ServiceId", "Redis" }) Assert.Single(all.Select(settings => settings[name]).Distinct());
        Assert.Equal("redis:6379", all[0]["Redis"]);
    }

    [Fact]
    public void Every_silo_says_the_address_that_it_has_and_a_name_of_its_own()
    {
        foreach (string silo in _compose.Silos) Assert.Equal(_compose.Ip(silo), _compose.Settings(silo)["Address"]);
        Assert.Equal(3, _compose.Silos.Select(silo => _compose.Settings(silo)["NodeName"]).Distinct().Count());
        Assert.Equal(5, _compose.Services.Select(_compose.Ip).Distinct().Count());
    }

    [Fact]
    public void Health_checks_and_published_ports_are_where_the_programs_listen()
    {
        foreach (string service in _compose.Services.Where(service => service != "redis"))
        {
            string port = _compose.Settings(service)["DashboardPort"];
            Assert.Equal(port, $"{_compose.HealthCheck(service).Port}");
            Assert.All(_compose.List(service, "ports"), published => Assert.EndsWith($":{port}", published, StringComparison.Ordinal));
            Assert.Equal("0.0.0.0", _compose.Settings(service)["DashboardAddress"]);
        }

        // The pages ask for no password, so the machine alone gets to them.
        Assert.StartsWith("127.0.0.1:", Assert.Single(_compose.List("dashboard", "ports")), StringComparison.Ordinal);
        Assert.All(_compose.Silos, silo => Assert.Empty(_compose.List(silo, "ports")));
    }

    [Fact]
    public void Exposed_ports_are_the_settings_of_the_services()
    {
        Assert.Equal(["11111", "30000", "8080"], Words(ComposeFile.SiloDockerfile, "EXPOSE"));
        foreach (string silo in _compose.Silos)
        {
            Dictionary<string, string> settings = _compose.Settings(silo);
            string[] ports = [settings["SiloPort"], settings["GatewayPort"], settings["DashboardPort"]];
            Assert.Equal(Words(ComposeFile.SiloDockerfile, "EXPOSE"), ports);
        }

        Assert.Equal([_compose.Settings("dashboard")["DashboardPort"]], Words(ComposeFile.DashboardDockerfile, "EXPOSE"));
    }

    [Fact]
    public void A_silos_limit_has_room_for_its_arena_and_its_managed_heap()
    {
        string config = Path.ChangeExtension(Repository.Silo, ".runtimeconfig.json");
        JsonElement options = JsonDocument.Parse(File.ReadAllText(config)).RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.Equal(40, options.GetProperty("System.GC.HeapHardLimitPercent").GetInt32());
        foreach (string silo in _compose.Silos)
        {
            long limit = _compose.MemoryBytes(silo);
            Assert.True(ByteSize.Parse(_compose.Settings(silo)["Capacity"]) + (limit * ManagedHeapShare) + RestBytes <= limit, silo);
        }
    }

    [Fact]
    public void Redis_persists_into_a_volume_that_is_declared()
    {
        string volume = Assert.Single(_compose.List("redis", "volumes"));
        Assert.Contains(volume.Split(':')[0], _compose.Volumes);
        Assert.Equal("/data", volume.Split(':')[1]);
        Assert.Contains("--appendonly yes", string.Join(' ', _compose.List("redis", "command")), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Dockerfiles))]
    public void What_is_copied_exists_what_is_published_is_the_program_and_what_is_started_is_what_it_makes(string dockerfile)
    {
        string[] copied = [.. Lines(dockerfile, "COPY").Where(line => !line.StartsWith("--from", StringComparison.Ordinal)).SelectMany(line => line.Split(' ')[..^1])];
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
        string publish = Lines(dockerfile, "RUN").Single(line => line.StartsWith("dotnet publish", StringComparison.Ordinal));
        string project = publish.Split(' ')[2];
        Assert.True(File.Exists(Path.Combine(Repository.Root, project)), project);

        // Whatever the project refers to, by any way, is in a folder that is copied.
        foreach (string referred in Referred(project)) Assert.Contains(copied, path => referred.StartsWith(path, StringComparison.Ordinal));
        string program = dockerfile == ComposeFile.SiloDockerfile ? Repository.Silo : Repository.Dashboard;
        Assert.Equal(Path.GetFileName(program), JsonSerializer.Deserialize<string[]>(Lines(dockerfile, "ENTRYPOINT").Single())![^1]);
    }

    [Fact]
    public void Files_that_every_build_needs_are_copied()
    {
        string[] needed = [.. Directory.GetFiles(Repository.Root, "Directory.*"), .. Directory.GetFiles(Repository.Root, "*.config"), Path.Combine(Repository.Root, "global.json")];
        foreach (string dockerfile in new[] { ComposeFile.SiloDockerfile, ComposeFile.DashboardDockerfile })
        {
            string copied = string.Join('\n', Lines(dockerfile, "COPY"));
            Assert.All(needed, file => Assert.Contains(Path.GetFileName(file), copied, StringComparison.Ordinal));
        }
    }

    [GeneratedRegex("""<ProjectReference Include="(?<path>[^"]+)""")]
    private static partial Regex ProjectReference { get; }

    private static IEnumerable<string> Referred(string project)
    {
        string file = Path.Combine(Repository.Root, project);
        foreach (Match match in ProjectReference.Matches(File.ReadAllText(file)))
        {
            string path = Path.GetRelativePath(Repository.Root, Path.GetFullPath(match.Groups["path"].Value, Path.GetDirectoryName(file)!));
            yield return path;
            foreach (string further in Referred(path)) yield return further;
        }
    }

    private static string[] Words(string dockerfile, string instruction) => Lines(dockerfile, instruction).Single().Split(' ');

    private static IEnumerable<string> Lines(string dockerfile, string instruction) =>
        File.ReadLines(Path.Combine(Repository.Root, dockerfile))
            .Where(line => line.StartsWith(instruction + " ", StringComparison.Ordinal)).Select(line => line[(instruction.Length + 1)..]);

    /// <summary>Binds a service's variables as its program does, and throws where one names no setting.</summary>
    private object Bind(string service, params (string Name, string Value)[] more)
    {
        Type type = _compose.DockerfileOf(service) == ComposeFile.SiloDockerfile ? typeof(SiloSettings) : typeof(DashboardSettings);
        IEnumerable<KeyValuePair<string, string?>> values = _compose.Settings(service).Select(setting => (setting.Key, setting.Value)).Concat(more)
            .Select(setting => KeyValuePair.Create($"{Section}:{setting.Item1}", (string?)setting.Item2));
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        return configuration.GetSection(Section).Get(type, options => options.ErrorOnUnknownConfiguration = true)!;
    }
}
