//! Adding a source and editing one: choosing a type, filling in the form, trying to connect before anything is stored.
//! The input is the API's, and so is what is said about it.

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::source::API;
use crate::http::body::{Given, parse_value};
use crate::http::path::ByName;
use crate::http::problem::{FieldError, Problem};
use crate::http::query::{Nothing, Query};
use crate::http::router::App;
use crate::http::sources::{self, Draft};
use crate::http::view;
use crate::sync::reader::SourceType;
use crate::web::address::Asked;
use crate::web::fields::Fields;
use crate::web::form::{self, Field, Filled};
use crate::web::frame::Frame;
use crate::web::notice::Notice;
use crate::web::page::{Answer, done, drawn, page, page_with};

use super::{basics, offer};

/// Where the options stand in what is sent.
const OPTIONS: &str = "options";

#[derive(Template)]
#[template(path = "source_new.html")]
struct Choose {
    frame: Frame,
    types: Vec<SourceType>,
}

#[derive(Template)]
#[template(path = "source_edit.html")]
struct Edit {
    frame: Frame,
    title: String,
    /// Of the source, if there is one already.
    name: Option<String>,
    type_title: String,
    before: Vec<Field>,
    options: Vec<Field>,
    after: Vec<Field>,
    /// Why the options can't be changed.
    no_options: Option<String>,
    can_check: bool,
    mistakes: Vec<Mistake>,
    checked: Option<view::Checked>,
}

/// Something wrong, with the field that it is about.
struct Mistake {
    id: Option<String>,
    label: String,
    message: String,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct OfType {
    /// The type of the source.
    #[serde(default, rename = "type")]
    name: String,
}

/// The types to choose from, or the form of the one that is chosen.
pub(in crate::web) async fn new(
    State(app): State<App>,
    Asked(frame, OfType { name }): Asked<OfType>,
) -> Answer {
    if name.is_empty() {
        return page(&Choose { frame, types: offer::types(&app) });
    }
    let form = Form::adding(&app, &frame, &name)?;
    form.show(StatusCode::OK, frame, Filled::default(), Filled::default(), None).await
}

/// Adds the source that is filled in, or tries to connect with it.
pub(in crate::web) async fn create(
    State(app): State<App>,
    Asked(frame, OfType { name }): Asked<OfType>,
    fields: Fields,
) -> Answer {
    let form = Form::adding(&app, &frame, &name)?;
    let (form, step, basics, options) = form.read(fields).await?;
    let mut input = basics.value.clone();
    input["type"] = json!(name);
    input[OPTIONS] = options.value.clone();
    let outcome = match step {
        Step::Redraw(status) => return form.show(status, frame, basics, options, None).await,
        Step::Check => match parse_value("", input) {
            Ok(new) => sources::try_out(&app, Draft::New(new)).await.map(Some),
            Err(problem) => Err(problem),
        },
        Step::Save => match parse_value("", input) {
            Ok(new) => sources::create(State(app), Query(Nothing {}), Given(new)).await.map(|_| None),
            Err(problem) => Err(problem),
        },
    };
    match outcome {
        Ok(None) => {
            let name = basics.value["name"].as_str().unwrap_or_default();
            done(&format!("/sources/{name}"), &Notice::new("notice-source-added").with("name", name))
        }
        other => form.tell(frame, basics, options, other).await,
    }
}

/// The form of a source that is there.
pub(in crate::web) async fn edit(
    State(app): State<App>,
    Path(by): Path<ByName>,
    Asked(frame, Nothing {}): Asked<Nothing>,
) -> Answer {
    let source = find(&app, by).await?;
    let form = Form::editing(&app, &frame, &source);
    let (basics, options) = (Filled::of(basics::of(&source)), Filled::of(source.options));
    form.show(StatusCode::OK, frame, basics, options, None).await
}

/// Changes it as is filled in, or tries to connect with that.
pub(in crate::web) async fn change(
    State(app): State<App>,
    Path(by): Path<ByName>,
    frame: Frame,
    fields: Fields,
) -> Answer {
    let name = by.name.clone();
    let source = find(&app, by).await?;
    let form = Form::editing(&app, &frame, &source);
    let (form, step, basics, options) = form.read(fields).await?;
    let mut input = basics::patch(&basics.value);
    if form.schema.is_some() {
        input[OPTIONS] = options.value.clone();
    }
    let outcome = match step {
        Step::Redraw(status) => return form.show(status, frame, basics, options, None).await,
        Step::Check => match parse_value("", input) {
            Ok(patch) => sources::try_out(&app, Draft::Changed(name.clone(), patch)).await.map(Some),
            Err(problem) => Err(problem),
        },
        Step::Save => match parse_value("", input) {
            Ok(patch) => {
                let by = Path(ByName { name: name.clone() });
                sources::change(State(app), by, Query(Nothing {}), Given(patch)).await.map(|_| None)
            }
            Err(problem) => Err(problem),
        },
    };
    match outcome {
        Ok(None) => {
            done(&format!("/sources/{name}"), &Notice::new("notice-source-changed").with("name", name))
        }
        other => form.tell(frame, basics, options, other).await,
    }
}

async fn find(app: &App, by: ByName) -> Result<view::Source, Problem> {
    let Json(source) = sources::read(State(app.clone()), Path(by), Query(Nothing {})).await?;
    Ok(source)
}

/// What a button asks for.
enum Step {
    /// The form again: a list has become longer or shorter, or something can't even be read.
    Redraw(StatusCode),
    Check,
    Save,
}

impl Step {
    fn of(fields: &Fields, basics: &Filled, options: &Filled) -> Self {
        if fields.has(form::ADD) || fields.has(form::REMOVE) {
            return Self::Redraw(StatusCode::OK);
        }
        if !basics.errors.is_empty() || !options.errors.is_empty() {
            return Self::Redraw(StatusCode::UNPROCESSABLE_ENTITY);
        }
        if fields.text("do") == "check" { Self::Check } else { Self::Save }
    }
}

/// A form, before anything is filled in.
struct Form {
    title: String,
    name: Option<String>,
    source_type: String,
    type_title: String,
    basics: Value,
    /// That of the options, while the type can be used.
    schema: Option<Value>,
    no_options: Option<String>,
    /// How many fields are drawn.
    most: usize,
}

impl Form {
    fn adding(app: &App, frame: &Frame, name: &str) -> Result<Self, Problem> {
        let types = offer::types(app);
        let offered = offer::find(&types, name);
        let offered = offered.ok_or_else(|| Problem::not_found(app.engine.plugins().why_not(name)))?;
        Ok(Self {
            title: frame.say_with("sources-add-title", "type", offered.title.as_str()),
            name: None,
            source_type: name.to_owned(),
            type_title: offered.title.clone(),
            basics: basics::schema(frame, name, true),
            schema: Some(offered.options_schema.clone()),
            no_options: None,
            most: app.settings.http.max_form_fields,
        })
    }

    fn editing(app: &App, frame: &Frame, source: &view::Source) -> Self {
        let types = offer::types(app);
        let offered = offer::find(&types, &source.source_type);
        let known = source.display_name.as_deref().unwrap_or(&source.name);
        Self {
            title: frame.say_with("sources-edit-title", "name", known),
            name: Some(source.name.clone()),
            source_type: source.source_type.clone(),
            type_title: offer::title(offered, &source.source_type),
            basics: basics::schema(frame, &source.source_type, false),
            schema: offered.map(|offered| offered.options_schema.clone()),
            no_options: offered.is_none().then(|| app.engine.plugins().why_not(&source.source_type)),
            most: app.settings.http.max_form_fields,
        }
    }

    /// What was filled in, and what is asked for.
    async fn read(self, fields: Fields) -> Result<(Self, Step, Filled, Filled), Problem> {
        let reading = tokio::task::spawn_blocking(move || {
            let options = self.schema.as_ref().map(|schema| form::read(schema, OPTIONS, &fields));
            let (basics, options) = (form::read(&self.basics, "", &fields), options.unwrap_or_default());
            let step = Step::of(&fields, &basics, &options);
            (self, step, basics, options)
        });
        reading.await.map_err(Problem::internal)
    }

    /// The form again, with what came of it.
    async fn tell(
        self,
        frame: Frame,
        mut basics: Filled,
        mut options: Filled,
        outcome: Result<Option<Json<view::Checked>>, Problem>,
    ) -> Answer {
        let problem = match outcome {
            Ok(checked) => {
                let checked = checked.map(|Json(checked)| checked);
                return self.show(StatusCode::OK, frame, basics, options, checked).await;
            }
            Err(problem) => problem,
        };
        let errors = match (&problem.errors, &problem.field) {
            (errors, _) if !errors.is_empty() => problem.errors.clone(),
            (_, Some(field)) => {
                vec![FieldError { field: field.to_string(), message: problem.detail.clone() }]
            }
            _ => return Err(problem),
        };
        for error in errors {
            let of_options = error.field.split('/').next() == Some(OPTIONS);
            if of_options { &mut options } else { &mut basics }.errors.push(error);
        }
        self.show(problem.status, frame, basics, options, None).await
    }

    async fn show(
        self,
        status: StatusCode,
        frame: Frame,
        basics: Filled,
        options: Filled,
        checked: Option<view::Checked>,
    ) -> Answer {
        drawn(move || self.draw(status, frame, &basics, &options, checked)).await
    }

    fn draw(
        &self,
        status: StatusCode,
        frame: Frame,
        basics: &Filled,
        options: &Filled,
        checked: Option<view::Checked>,
    ) -> Answer {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for field in form::draw(&self.basics, "", None, basics, self.most) {
            let late = matches!(field.name.as_str(), "schedule" | "policy");
            if late { &mut after } else { &mut before }.push(field);
        }
        let schema = self.schema.as_ref();
        let options_drawn = schema
            .map(|schema| form::draw(schema, OPTIONS, Some("en"), options, self.most))
            .unwrap_or_default();
        let all = || before.iter().chain(&options_drawn).chain(&after);
        let mistake = |error: &FieldError| {
            let found = all().find_map(|field| field.find(&error.field));
            let label = found.as_ref().map_or_else(|| error.field.clone(), |(_, labels)| labels.join(" › "));
            Mistake { id: found.map(|(field, _)| field.id.clone()), label, message: error.message.clone() }
        };
        let mistakes = basics.errors.iter().chain(&options.errors).map(mistake).collect();
        let edit = Edit {
            title: self.title.clone(),
            name: self.name.clone(),
            type_title: self.type_title.clone(),
            can_check: self.source_type != API && self.schema.is_some(),
            no_options: self.no_options.clone(),
            mistakes,
            checked,
            before,
            options: options_drawn,
            after,
            frame,
        };
        page_with(status, &edit)
    }
}
