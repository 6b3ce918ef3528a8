#!/usr/bin/env bash
# Measures which lines and branches of the protocol (Core/Segments, Core/Replication, Core/Caching) the simulator reaches: stories and seeds as
# they are, and then with each known mistake in the code. Ends with 0 if everything is reached that is not explained in
# tests/OrleansPool.Simulation/Coverage/Explained.cs. Some five minutes. coverlet comes from NuGet; nothing in the repository is changed.
#   bash tests/coverage.sh [SEEDS]
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 NO_COLOR=1

seeds=${1:-300}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
protocol='[OrleansPool.Core]OrleansPool.Core.Segments.*,[OrleansPool.Core]OrleansPool.Core.Replication.*,[OrleansPool.Core]OrleansPool.Core.Caching.*'

# A project of its own, outside of the repository: what it restores is no dependency of anything here.
cp nuget.config "$work/"
cat >"$work/coverage.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="coverlet.msbuild" Version="10.0.1" /></ItemGroup>
  <Target Name="Measure">
    <Coverlet.MSbuild.Tasks.InstrumentationTask Path="\$(Bin)/OrleansPool.Simulation.dll" Include="\$(Protocol)">
      <Output TaskParameter="InstrumenterState" PropertyName="State" />
    </Coverlet.MSbuild.Tasks.InstrumentationTask>
    <Exec Command="bash \$(Runs)" />
    <Coverlet.MSbuild.Tasks.CoverageResultTask InstrumenterState="\$(State)" Output="\$(Result)" OutputFormat="json" Threshold="0" ThresholdType="line" ThresholdStat="total">
      <Output TaskParameter="ReportItems" ItemName="Report" />
    </Coverlet.MSbuild.Tasks.CoverageResultTask>
  </Target>
</Project>
PROJECT

# coverlet looks for the sources under the paths that they were compiled from, so these must be the real ones.
dotnet build tests/OrleansPool.Simulation -c Release -v quiet --artifacts-path "$work/artifacts" -p:DeterministicSourcePaths=false
built="$work/artifacts/bin/OrleansPool.Simulation/release"

# measure NAME COMMAND...: runs commands of an instrumented copy of the simulator, each to its end. What they find is for other tests to say.
measure() {
    local name=$1
    shift
    cp -r "$built" "$work/$name"
    : >"$work/$name.sh"
    for command in "$@"; do
        printf 'echo "%s"; dotnet "%s/OrleansPool.Simulation.dll" %s >"%s/log" 2>&1 || echo "  ended with $?"\n' "$command" "$work/$name" "$command" "$work" >>"$work/$name.sh"
    done
    dotnet restore "$work/coverage.csproj" -v quiet
    dotnet msbuild "$work/coverage.csproj" -nologo -v:minimal -t:Measure "-p:Bin=$work/$name" "-p:Runs=$work/$name.sh" "-p:Result=$work/$name.json" "-p:Protocol=\"${protocol//,/%2c}\""
}

# Seed 51012: a birth is proposed again by a node that, expelled meanwhile, wants the segment declared lost.
measure plain stories "run --start 1 --seeds $seeds" "run --start 51012 --seeds 1" "run --start 300000 --seeds 40 --silos 5 --copies 3" "beyond store --seeds 10" "scale --silos 30" "replay 1"
measure mutants "mutants --seeds 20"
dotnet "$built/OrleansPool.Simulation.dll" coverage "$work/plain.json" "$work/mutants.json"
