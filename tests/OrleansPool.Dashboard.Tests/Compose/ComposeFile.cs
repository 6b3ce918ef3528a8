using System.Globalization;
using OrleansPool.Cluster.Tests.Processes;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace OrleansPool.Dashboard.Tests.Compose;

/// <summary>docker-compose.yml as its engine reads it: with anchors and merges resolved.</summary>
internal sealed class ComposeFile
{
    public const string SiloDockerfile = "silo/Dockerfile";

    public const string DashboardDockerfile = "dashboard/Dockerfile";

    private const string SettingPrefix = "OrleansPool__";

    private readonly Dictionary<string, Dictionary<object, object>> _services;

    private ComposeFile(Dictionary<string, Dictionary<object, object>> services, HashSet<string> volumes)
    {
        _services = services;
        Volumes = volumes;
    }

    public IReadOnlySet<string> Volumes { get; }

    public IEnumerable<string> Services => _services.Keys;

    public IEnumerable<string> Silos => _services.Keys.Where(service => DockerfileOf(service) == SiloDockerfile);

    public static ComposeFile Read()
    {
        using StreamReader text = File.OpenText(Path.Combine(Repository.Root, "docker-compose.yml"));
        var root = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(text)))!;
        return new ComposeFile(
            Map(root["services"]).ToDictionary(service => (string)service.Key, service => Map(service.Value)),
            [.. Map(root["volumes"]).Keys.Cast<string>()]);
    }

    public string? DockerfileOf(string service) => Of(service, "build") is { } build ? (string)Map(build)["dockerfile"] : null;

    /// <summary>The settings of a service, without their prefix.</summary>
    public Dictionary<string, string> Settings(string service) => Variables(service)
        .Where(variable => variable.Key.StartsWith(SettingPrefix, StringComparison.Ordinal))
        .ToDictionary(variable => variable.Key[SettingPrefix.Length..].Replace("__", ":", StringComparison.Ordinal), variable => variable.Value);

    public Dictionary<string, string> Variables(string service) => Of(service, "environment") is { } environment
        ? Map(environment).ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value)
        : [];

    public string Text(string service, string key) => (string)Of(service, key)!;

    public string[] List(string service, string key) => Of(service, key) is { } list ? [.. ((List<object>)list).Cast<string>()] : [];

    public Uri HealthCheck(string service) =>
        new(((List<object>)Map(Of(service, "healthcheck")!)["test"]).Cast<string>().Single(word => word.StartsWith("http://", StringComparison.Ordinal)));

    public string Ip(string service) => (string)Map(Map(Of(service, "networks")!)["fabric"])["ipv4_address"];

    public TimeSpan StopGracePeriod(string service) =>
        TimeSpan.FromSeconds(int.Parse(Text(service, "stop_grace_period").TrimEnd('s'), CultureInfo.InvariantCulture));

    public long MemoryBytes(string service) =>
        ByteSize.Parse(Text(service, "mem_limit").Replace("g", "GiB", StringComparison.Ordinal).Replace("m", "MiB", StringComparison.Ordinal));

    private static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;

    private object? Of(string service, string key) => _services[service].GetValueOrDefault(key);
}
