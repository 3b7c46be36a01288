import '@fontsource-variable/golos-text'
import '../base.css'
import { mount } from 'svelte'
import Public from './Public.svelte'

const target = document.getElementById('app')
if (target) mount(Public, { target })
