// Render prints what a Helm chart's templates become, for where there is no helm: Go's template engine with sprig and
// the functions that Helm adds. It needs Debian's golang-github-masterminds-sprig-dev and golang-k8s-sigs-yaml-dev.
//
// As in Helm: numbers of values are float64, a null in the values file removes a default, a value that is missing
// prints as nothing. Not as in Helm: values are not checked against values.schema.json, subcharts do not exist, lookup
// finds nothing, and .Files has Get and Glob only, over the chart's folder files.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type object = map[string]interface{}

// Deeper than any chart includes templates; a template that includes itself would overflow the stack.
const maxIncludes = 100

const notesFile = "NOTES.txt"

type apiVersions []string

// Has is called by templates as .Capabilities.APIVersions.Has.
func (versions apiVersions) Has(version string) bool {
	for _, known := range versions {
		if known == version {
			return true
		}
	}
	return false
}

// chartFiles are those that templates may read, by their paths in the chart.
type chartFiles map[string][]byte

// Get is called by templates as .Files.Get; a file that does not exist is empty.
func (files chartFiles) Get(name string) string { return string(files[name]) }

// Glob is called by templates as .Files.Glob. Patterns are those of path.Match, without Helm's double star.
func (files chartFiles) Glob(pattern string) (chartFiles, error) {
	found := chartFiles{}
	for name, text := range files {
		isMatch, err := path.Match(pattern, name)
		if err != nil {
			return nil, err
		}
		if isMatch {
			found[name] = text
		}
	}
	return found, nil
}

func readFiles(chart string) (chartFiles, error) {
	files := chartFiles{}
	err := filepath.Walk(filepath.Join(chart, "files"), func(file string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, err := filepath.Rel(chart, file)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(file)
		return err
	})
	return files, err
}

func main() {
	chart := flag.String("chart", "", "chart directory")
	values := flag.String("values", "", "file whose values count more than those of values.yaml")
	release := flag.String("release", "test", "name of the release")
	namespace := flag.String("namespace", "default", "namespace of the release")
	notes := flag.Bool("notes", false, "print NOTES.txt instead of the manifests")
	flag.Parse()
	text, err := run(*chart, *values, *release, *namespace, *notes)
	if err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
	fmt.Print(text)
}

func run(chart, valuesFile, release, namespace string, notes bool) (string, error) {
	values, err := readYaml(filepath.Join(chart, "values.yaml"))
	if err != nil {
		return "", err
	}
	if valuesFile != "" {
		override, err := readYaml(valuesFile)
		if err != nil {
			return "", err
		}
		merge(values, override)
	}
	about, err := readYaml(filepath.Join(chart, "Chart.yaml"))
	if err != nil {
		return "", err
	}
	files, err := readFiles(chart)
	if err != nil {
		return "", err
	}
	context := object{
		"Values": values,
		"Files":  files,
		"Chart":  capitalized(about),
		"Release": object{
			"Name": release, "Namespace": namespace, "Service": "Helm",
			"Revision": 1, "IsInstall": true, "IsUpgrade": false,
		},
		"Capabilities": object{
			"KubeVersion": object{"Version": "v1.33.0", "Major": "1", "Minor": "33"},
			"APIVersions": apiVersions{"v1", "apps/v1", "monitoring.coreos.com/v1"},
		},
	}
	return renderAll(chart, context, notes)
}

func renderAll(chart string, context object, notes bool) (string, error) {
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		return "", err
	}
	tests, err := filepath.Glob(filepath.Join(chart, "templates", "tests", "*.yaml"))
	if err != nil {
		return "", err
	}
	root := template.New("chart").Option("missingkey=zero")
	root.Funcs(functions(root))
	var names []string
	for _, file := range append(files, tests...) {
		if info, err := os.Stat(file); err != nil || info.IsDir() {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		name, err := filepath.Rel(chart, file)
		if err != nil {
			return "", err
		}
		if _, err := root.New(name).Parse(string(text)); err != nil {
			return "", err
		}
		isNotes := filepath.Base(name) == notesFile
		if !strings.HasPrefix(filepath.Base(name), "_") && isNotes == notes {
			names = append(names, name)
		}
	}
	sort.Strings(names)

	var all strings.Builder
	for _, name := range names {
		context["Template"] = object{"Name": name, "BasePath": "templates"}
		text, err := execute(root, name, context)
		if err != nil {
			return "", err
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		if !notes {
			fmt.Fprintf(&all, "---\n# Source: %s\n", name)
		}
		fmt.Fprintln(&all, strings.TrimSpace(text))
	}
	return all.String(), nil
}

func execute(root *template.Template, name string, context interface{}) (string, error) {
	var text bytes.Buffer
	if err := root.ExecuteTemplate(&text, name, context); err != nil {
		return "", err
	}
	return strings.ReplaceAll(text.String(), "<no value>", ""), nil
}

func functions(root *template.Template) template.FuncMap {
	depth := 0
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	all["include"] = func(name string, context interface{}) (string, error) {
		if depth++; depth > maxIncludes {
			return "", fmt.Errorf("%s includes itself", name)
		}
		defer func() { depth-- }()
		return execute(root, name, context)
	}
	all["tpl"] = func(text string, context interface{}) (string, error) {
		clone, err := root.Clone()
		if err != nil {
			return "", err
		}
		if _, err := clone.New("tpl").Parse(text); err != nil {
			return "", err
		}
		return execute(clone, "tpl", context)
	}
	all["toYaml"] = func(value interface{}) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	all["fromYaml"] = func(text string) (object, error) {
		value := object{}
		return value, yaml.Unmarshal([]byte(text), &value)
	}
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if text, isText := value.(string); value == nil || (isText && text == "") {
			return nil, errors.New(message)
		}
		return value, nil
	}
	all["fail"] = func(message string) (string, error) { return "", errors.New(message) }
	all["lookup"] = func(version, kind, namespace, name string) object { return object{} }
	return all
}

func readYaml(file string) (object, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	value := object{}
	if err := yaml.Unmarshal(text, &value); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return value, nil
}

// merge puts the values of over into base: maps are merged, everything else is replaced, null removes.
func merge(base, over object) {
	for key, value := range over {
		if value == nil {
			delete(base, key)
			continue
		}
		below, isMap := value.(object)
		if current, both := base[key].(object); isMap && both {
			merge(current, below)
			continue
		}
		base[key] = value
	}
}

// capitalized names the fields of Chart.yaml as templates know them: appVersion is .Chart.AppVersion.
func capitalized(about object) object {
	fields := object{}
	for key, value := range about {
		fields[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return fields
}
